/** Sprig's functions of paths: Go's packages path and, as on Linux, path/filepath, which agree there. */
import { type Family, fn } from "./define.ts";

/** Go's path.Clean. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isRooted) parts.push(part);
  }
  const joined = parts.join("/");
  return isRooted ? `/${joined}` : joined === "" ? "." : joined;
}

/** Go's path.Base. */
export function basePath(path: string): string {
  if (path === "") return ".";
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return end === 0 ? "/" : path.slice(path.lastIndexOf("/", end - 1) + 1, end);
}

/** Go's path.Dir. */
export function directoryOf(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
}

/** Go's path.Ext. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

export function isAbsolutePath(path: string): boolean {
  return path.startsWith("/");
}

const ofPath = (call: (path: string) => string | boolean) => fn(["string"], ([path]) => call(path as string));
const base = ofPath(basePath), dir = ofPath(directoryOf), clean = ofPath(cleanPath);
const ext = ofPath(extensionOf), isAbs = ofPath(isAbsolutePath);

export const paths: Family = {
  base,
  dir,
  clean,
  ext,
  isAbs,
  osBase: base,
  osDir: dir,
  osClean: clean,
  osExt: ext,
  osIsAbs: isAbs,
};
