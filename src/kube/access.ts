export class X {}
// deno-lint-ignore-file
export function isKubeUserError(_e: unknown): _e is Error {
  return false;
}
// deno-lint-ignore no-explicit-any
export function openKubeCluster(_o: any): Promise<any> {
  throw new Error("no");
}
