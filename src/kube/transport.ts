/**
 * HTTP to one API server: signs requests, limits their time and size, and tells apart why there is no answer. It knows
 * nothing of Kubernetes objects.
 */
import { CredentialError, Credentials, readCertificates, type SignIn } from "./auth.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import { type Clock, DeadlineError, withDeadline } from "./clock.ts";
import type { ClusterConnection } from "./config.ts";
import {
  ApiError,
  apiErrorFrom,
  ConnectionError,
  connectionErrorFrom,
  type ConnectionFailure,
  describeTarget,
  type RequestTarget,
  WriteRefusedError,
} from "./errors.ts";
import { HttpPool, type Lease } from "./http_pool.ts";

/** An answer is not read beyond this; a page of 500 Secrets of the largest size stays below. */
const MAX_ANSWER_BYTES = 1024 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query, beginning with a slash. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface TransportOptions {
  readonly clock: Clock;
  readonly userAgent: string;
  /** For a whole answer; of a stream, for its head. */
  readonly timeoutMs: number;
  /** Asked right before each request that is no read is sent: why it may not be; undefined where it may. */
  readonly writeRefusal?: () => string | undefined;
}

/** A stream that has begun. */
export interface OpenStream {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Ends the stream; if `failed`, its connections are not used again. */
  close(failed: boolean): void;
}

export class Transport {
  /** Host and port, for messages. */
  readonly host: string;
  #connection: ClusterConnection;
  #options: TransportOptions;
  #credentials: Credentials;
  #pool: HttpPool;

  constructor(connection: ClusterConnection, options: TransportOptions) {
    this.host = new URL(connection.server).host;
    this.#connection = connection;
    this.#options = options;
    this.#credentials = new Credentials(connection.auth, options.clock);
    this.#pool = new HttpPool(async () => connection.ca ? [await readCertificates(connection.ca)] : []);
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @throws {ApiError} for a status other than 2xx.
   * @throws {ConnectionError} where there is no answer, or one that is no JSON.
   * @throws the reason of `signal` when that is aborted.
   */
  async exchange(
    request: HttpRequest,
    target: RequestTarget,
    signal: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    const leases: Lease[] = [];
    const { clock, timeoutMs } = this.#options;
    try {
      return await withDeadline(clock, timeoutMs, signal, async (inner) => {
        const response = await this.#open(request, target, inner, leases);
        return { status: response.status, text: await this.#readText(response, target) };
      });
    } catch (error) {
      throw this.#translate(error, target, signal, leases);
    } finally {
      for (const lease of leases) lease.release();
    }
  }

  /** Sends a request whose answer comes bit by bit. Throws as {@link exchange}; the time limit holds for its head alone. */
  async openStream(request: HttpRequest, target: RequestTarget, signal: AbortSignal): Promise<OpenStream> {
    const leases: Lease[] = [];
    const ending = new AbortController();
    const stop = () => ending.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const close = (failed: boolean) => {
      signal.removeEventListener("abort", stop);
      ending.abort();
      for (const lease of leases.splice(0)) {
        if (failed) lease.retire();
        lease.release();
      }
    };
    try {
      const { clock, timeoutMs } = this.#options;
      const open = () => this.#open(request, target, ending.signal, leases);
      const response = await withDeadline(clock, timeoutMs, signal, open);
      if (!response.body) throw this.#failure("protocol", "the answer has no body", target);
      const reader = response.body.getReader();
      return {
        reader,
        close: (failed) => {
          close(failed);
          // To abort it alone leaves the connection open where a read has only just begun.
          reader.cancel().catch(() => {});
        },
      };
    } catch (error) {
      const translated = this.#translate(error, target, signal, leases);
      close(false);
      throw translated;
    }
  }

  /** The {@link ConnectionError} for what broke while a stream was read. */
  streamError(error: unknown, target: RequestTarget): ConnectionError {
    return connectionErrorFrom(error, this.host, target);
  }

  close(): void {
    this.#pool.close();
  }

  /** One try with the credentials at hand; if they are rejected, and there are newer ones, one more with those. */
  async #open(request: HttpRequest, target: RequestTarget, signal: AbortSignal, leases: Lease[]): Promise<Response> {
    const signIn = await this.#credentials.current(signal);
    const first = await this.#fetch(request, signIn, signal, leases);
    if (first.status !== 401) return await this.#requireJson(first, target);
    const body = await readError(first);
    const next = await this.#credentials.replacement(signIn, signal);
    if (next) return await this.#requireJson(await this.#fetch(request, next, signal, leases), target);
    const rejected = apiErrorFrom(401, body, null, target);
    const suspicion = this.#credentials.suspicion;
    if (suspicion !== "") rejected.message += `; ${suspicion}`;
    throw rejected;
  }

  async #fetch(request: HttpRequest, signIn: SignIn, signal: AbortSignal, leases: Lease[]): Promise<Response> {
    const lease = await this.#pool.lease(signIn);
    leases.push(lease);
    const headers: Record<string, string> = { accept: "application/json", "user-agent": this.#options.userAgent };
    if (signIn.token !== undefined) headers.authorization = `Bearer ${signIn.token}`;
    if (request.contentType !== undefined) headers["content-type"] = request.contentType;
    const refusal = request.method === "GET" ? undefined : this.#options.writeRefusal?.();
    if (refusal !== undefined) throw new WriteRefusedError(`cannot write: ${refusal}`);
    return await fetch(this.#connection.server + request.path, {
      method: request.method,
      headers,
      body: request.body,
      // An API server sends none; whoever does must not get our credentials.
      redirect: "manual",
      signal,
      client: lease.http,
    });
  }

  async #requireJson(response: Response, target: RequestTarget): Promise<Response> {
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      throw this.#failure("protocol", `it redirects (${status}): is the server's URL that of an API server?`, target);
    }
    if (status >= 400) {
      throw apiErrorFrom(status, await readError(response), response.headers.get("retry-after"), target);
    }
    const type = response.headers.get("content-type") ?? "";
    if (!/^application\/json\b/i.test(type)) {
      await response.body?.cancel();
      throw this.#failure("protocol", "the answer is no JSON: is there an API server, or a login page?", target);
    }
    return response;
  }

  async #readText(response: Response, target: RequestTarget): Promise<string> {
    const bytes = await readBytes(response, MAX_ANSWER_BYTES);
    if (!bytes) throw this.#failure("protocol", `the answer has more than ${MAX_ANSWER_BYTES} bytes`, target);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw this.#failure("protocol", "the answer is no UTF-8 text", target);
    }
  }

  #translate(error: unknown, target: RequestTarget, signal: AbortSignal, leases: readonly Lease[]): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof ApiError || error instanceof WriteRefusedError) return error;
    for (const lease of leases) lease.retire();
    if (error instanceof CredentialError) return this.#failure("credentials", error.message, target);
    if (error instanceof DeadlineError) return this.#failure("timeout", error.message, target, error);
    const translated = connectionErrorFrom(error, this.host, target);
    if (translated.failure === "certificate") {
      const suspicion = this.#credentials.suspicion;
      if (suspicion !== "") translated.message += `; ${suspicion}`;
      else if (this.#connection.insecureSkipTlsVerify) {
        const { hostname } = new URL(this.#connection.server);
        translated.message += `; to skip this check, start Deno with --unsafely-ignore-certificate-errors=${hostname}`;
      }
    }
    return translated;
  }

  #failure(failure: ConnectionFailure, why: string, target: RequestTarget, cause?: unknown): ConnectionError {
    const message = `cannot ${describeTarget(target)}: ${this.host}: ${why}`;
    return new ConnectionError(failure, message, this.host, failure !== "credentials", { cause });
  }
}

async function readError(response: Response): Promise<string> {
  const bytes = await readBytes(response, MAX_ERROR_BYTES);
  return bytes ? new TextDecoder().decode(bytes) : "";
}

/** Undefined where there are more than `max`. */
async function readBytes(response: Response, max: number): Promise<Uint8Array | undefined> {
  if (!response.body) return new Uint8Array();
  const buffer = new ByteBuffer();
  for await (const piece of response.body) {
    if (buffer.length + piece.length > max) return undefined;
    buffer.append(piece);
  }
  return buffer.take();
}
