import { homedir } from "node:os";
import path from "node:path";

/** Which of Jupyter's data directories: the user's, one of a prefix such as /usr/local, or that of a Python environment. */
export type Place = { readonly kind: "user" } | { readonly kind: "prefix"; readonly prefix: string };

/** The system's own surroundings, by default this machine's. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const here: Surroundings = { platform: process.platform, env: process.env, home: homedir() };

/**
 * Where Jupyter looks for kernelspecs, by the rules of `jupyter --paths` (jupyter_core.paths: `jupyter_data_dir`, and
 * `share/jupyter` below a prefix).
 */
export function kernelsFolder(place: Place, surroundings: Surroundings = here): string {
  const paths = surroundings.platform === "win32" ? path.win32 : path.posix;
  const data = place.kind === "user" ? userDataDirectory(surroundings, paths) : paths.join(place.prefix, "share", "jupyter");
  return paths.join(data, "kernels");
}

function userDataDirectory({ platform, env, home }: Surroundings, paths: path.PlatformPath): string {
  // An empty variable is none, as in Python's `if os.environ.get(...)`.
  const chosen = env["JUPYTER_DATA_DIR"];
  if (chosen) {
    return chosen;
  }
  switch (platform) {
    case "win32": {
      const roaming = env["APPDATA"];
      return roaming ? paths.join(roaming, "jupyter") : paths.join(env["JUPYTER_CONFIG_DIR"] || paths.join(home, ".jupyter"), "data");
    }
    case "darwin":
      return paths.join(home, "Library", "Jupyter");
    default:
      return paths.join(env["XDG_DATA_HOME"] || paths.join(home, ".local", "share"), "jupyter");
  }
}
