import { readFile } from "node:fs/promises";
import * as z from "zod";

const port = z.number().int().min(0).max(65_535);

/** The file with which Jupyter tells a kernel where to listen and how to sign (https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files). */
const connectionSchema = z.looseObject({
  transport: z.enum(["tcp", "ipc"]).default("tcp"),
  ip: z.string().min(1),
  shell_port: port,
  control_port: port,
  iopub_port: port,
  stdin_port: port,
  hb_port: port,
  /** Empty: messages are not signed. */
  key: z.string(),
  signature_scheme: z.string().default("hmac-sha256"),
});
export type Connection = z.infer<typeof connectionSchema>;

/** A connection file that cannot be used; the message names the file, the place and the remedy. */
export class ConnectionFileError extends Error {
  override readonly name = "ConnectionFileError";
}

/** @throws ConnectionFileError */
export async function readConnection(file: string): Promise<Connection> {
  try {
    return connectionSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    throw new ConnectionFileError(`${file} is no connection file of Jupyter: ${reasonOf(error)}. Jupyter writes one for each kernel that it starts.`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const { path, message } = error.issues[0]!;
    return `${path.join(".")}: ${message}`;
  }
  return (error as Error).message;
}

/** Where a socket listens. */
export function endpoint({ transport, ip }: Connection, number: number): string {
  return transport === "tcp" ? `tcp://${ip}:${number}` : `ipc://${ip}-${number}`;
}
