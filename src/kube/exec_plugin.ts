/**
 * Runs a credential plugin of the operator's own kubeconfig and reads the ExecCredential that it prints. It runs what it is
 * given: whether that is allowed was decided when the kubeconfig was read.
 */
import type { ExecPlugin } from "./config.ts";
import { type Clock, DeadlineError, withDeadline } from "./clock.ts";
import { fieldAt, type Json, parseJson } from "../json/json.ts";

const PLUGIN_TIMEOUT = 60_000;
const MAX_OUTPUT = 1024 * 1024;
const MAX_STDERR = 300;

export interface PluginCredential {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Milliseconds since the epoch; undefined: valid until the server rejects it. */
  readonly expires?: number;
}

/** A plugin that can't be run, or whose answer can't be used. Its message holds none of the credentials. */
export class PluginError extends Error {
  override name = "PluginError";
}

/** @throws {PluginError} */
export async function runExecPlugin(plugin: ExecPlugin, clock: Clock, signal: AbortSignal): Promise<PluginCredential> {
  const info = {
    apiVersion: plugin.apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(plugin.clusterInfo ? { cluster: plugin.clusterInfo } : {}) },
  };
  let output: Deno.CommandOutput;
  try {
    output = await withDeadline(clock, PLUGIN_TIMEOUT, signal, async (inner) => {
      const command = new Deno.Command(plugin.command, {
        args: [...plugin.args],
        env: { ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        signal: inner,
      });
      return await command.output();
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new PluginError(`exec plugin "${plugin.command}": ${explainStart(plugin, error)}`);
  }
  if (!output.success) {
    const said = tail(output.stderr);
    throw new PluginError(
      `exec plugin "${plugin.command}" failed with exit code ${output.code}${said === "" ? "" : `: ${said}`}`,
    );
  }
  if (output.stdout.length > MAX_OUTPUT) {
    throw new PluginError(`exec plugin "${plugin.command}": printed more than ${MAX_OUTPUT} bytes`);
  }
  return readCredential(plugin, new TextDecoder().decode(output.stdout));
}

function explainStart(plugin: ExecPlugin, error: unknown): string {
  if (error instanceof DeadlineError) return `no answer within ${PLUGIN_TIMEOUT / 1000} s`;
  if (error instanceof Deno.errors.NotFound) {
    return `not found${plugin.installHint === "" ? "" : `: ${plugin.installHint.trim().slice(0, 500)}`}`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `Deno may not run it: start with deno run --allow-run=${plugin.command} …, since deno task lets no program run`;
  }
  return `cannot be run (${error instanceof Error ? error.name : "unknown error"})`;
}

function tail(stderr: Uint8Array): string {
  // deno-lint-ignore no-control-regex
  const text = new TextDecoder().decode(stderr).replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return text.length > MAX_STDERR ? `…${text.slice(-MAX_STDERR)}` : text;
}

function readCredential(plugin: ExecPlugin, text: string): PluginCredential {
  const fail = (why: string) => new PluginError(`exec plugin "${plugin.command}": ${why}`);
  let answer: Json;
  try {
    answer = parseJson(text);
  } catch {
    throw fail("what it printed is no JSON");
  }
  if (fieldAt(answer, "kind") !== "ExecCredential") throw fail("what it printed is no ExecCredential");
  if (fieldAt(answer, "apiVersion") !== plugin.apiVersion) {
    throw fail(`it answered in another version than the kubeconfig's ${plugin.apiVersion}`);
  }
  const string = (key: string): string => {
    const value = fieldAt(answer, "status", key) ?? "";
    if (typeof value !== "string") throw fail(`status.${key} must be a string`);
    return value;
  };
  const token = string("token").trim(), cert = string("clientCertificateData"), key = string("clientKeyData");
  if ((cert === "") !== (key === "")) throw fail("clientCertificateData and clientKeyData must come together");
  if (token === "" && cert === "") throw fail("it gave neither a token nor a client certificate");
  const expiry = string("expirationTimestamp");
  const expires = expiry === "" ? undefined : Date.parse(expiry);
  if (Number.isNaN(expires)) throw fail("status.expirationTimestamp is no RFC 3339 time");
  return {
    token: token || undefined,
    certificate: cert === "" ? undefined : { cert, key },
    expires,
  };
}
