import type { LoadHookContext, ResolveHookContext } from "node:module";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

/**
 * Node runs these hooks on its own loader thread. Modules that the kernel compiled are known by the version in
 * their URL; the main thread posts their code before it imports them.
 */
export interface CompiledModule {
  url: string;
  code: string;
}

const codes = new Map<string, string>();
let port: MessagePort | undefined;

/** The hook by which Node hands over the port on which code is asked for. */
export function initialize(data: { port: MessagePort }): void {
  port = data.port;
}

function codeOf(url: string): string | undefined {
  for (let next = port && receiveMessageOnPort(port); next; next = port && receiveMessageOnPort(port)) {
    const compiled = next.message as CompiledModule;
    codes.set(compiled.url, compiled.code);
  }
  return codes.get(url);
}

type NextResolve = (specifier: string, context?: ResolveHookContext) => Promise<unknown>;
type NextLoad = (url: string, context?: LoadHookContext) => Promise<unknown>;

/** Node's resolve hook: addresses of compiled code stand for themselves. */
export async function resolve(specifier: string, context: ResolveHookContext, next: NextResolve): Promise<unknown> {
  return codeOf(specifier) === undefined ? next(specifier, context) : { url: specifier, shortCircuit: true };
}

/** Node's load hook: gives the code of such an address. */
export async function load(url: string, context: LoadHookContext, next: NextLoad): Promise<unknown> {
  const source = codeOf(url);
  return source === undefined ? next(url, context) : { format: "module", source, shortCircuit: true };
}
