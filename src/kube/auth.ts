/**
 * Credentials as they change: token files are read again, plugins run again, renewed certificates taken up. It holds
 * secrets and quotes none of them.
 */
import { describeReadError } from "./config.ts";
import { X509Certificate } from "node:crypto";
import type { Auth, Pem } from "./config.ts";
import { type Clock, untilAborted } from "./clock.ts";
import { type PluginCredential, PluginError, runExecPlugin } from "./exec_plugin.ts";

/** How long what a file held is taken for true, as client-go does. */
const FILE_LIFETIME = 60_000;

/** What goes with a request. The same object is given out until something in it has changed. */
export interface SignIn {
  readonly token?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Credentials that can't be read; the message names the file or plugin. */
export class CredentialError extends Error {
  override name = "CredentialError";
}

/** The credentials of one {@link Auth}, fresh enough at every {@link current}. */
export class Credentials {
  #auth: Auth;
  #clock: Clock;
  #current: SignIn | undefined;
  /** When {@link #current} must be made anew, in milliseconds since the epoch. */
  #staleAt = -Infinity;
  #loadedAt = -Infinity;
  #loading: Promise<SignIn> | undefined;

  constructor(auth: Auth, clock: Clock) {
    this.#auth = auth;
    this.#clock = clock;
  }

  /** @throws {CredentialError} if there are none to be had. */
  async current(signal: AbortSignal): Promise<SignIn> {
    const now = this.#clock.now();
    // A clock that was set back would keep a token for hours.
    if (this.#current && now < this.#staleAt && now >= this.#loadedAt) return this.#current;
    // Many wait for one load, which must not end because one of them gives up.
    this.#loading ??= this.#load(new AbortController().signal).finally(() => this.#loading = undefined);
    return await untilAborted(this.#loading, signal);
  }

  /**
   * Tells that the server has rejected `signIn`.
   *
   * @returns what to try instead, once; undefined where there is nothing new.
   */
  async replacement(signIn: SignIn, signal: AbortSignal): Promise<SignIn | undefined> {
    if (signIn === this.#current) this.#staleAt = -Infinity;
    const next = await this.current(signal);
    return next === signIn ? undefined : next;
  }

  /** What may be the reason of a rejection, for messages; empty if nothing is known. */
  get suspicion(): string {
    const certificate = this.#current?.certificate;
    const expired = certificate && certificatesIn(certificate.cert, this.#auth.name)
      .find((certificate) => certificate.validToDate.getTime() < this.#clock.now());
    return expired ? `the client certificate expired on ${expired.validToDate.toISOString()}` : "";
  }

  async #load(signal: AbortSignal): Promise<SignIn> {
    const { exec } = this.#auth;
    let next: SignIn;
    let staleAt = this.#clock.now() + FILE_LIFETIME;
    try {
      if (exec) {
        const credential: PluginCredential = await runExecPlugin(exec, this.#clock, signal);
        next = { token: this.#checkToken(credential.token), certificate: credential.certificate };
        staleAt = credential.expires ?? Infinity;
      } else {
        next = { token: await this.#readToken(), certificate: await this.#readCertificate() };
      }
    } catch (error) {
      if (error instanceof PluginError) throw new CredentialError(`${this.#auth.name}: ${error.message}`);
      throw error;
    }
    this.#staleAt = staleAt;
    this.#loadedAt = this.#clock.now();
    if (!this.#current || !isSame(this.#current, next)) this.#current = next;
    return this.#current;
  }

  async #readToken(): Promise<string | undefined> {
    const { tokenFile, token } = this.#auth;
    if (tokenFile === undefined) return this.#checkToken(token);
    try {
      const text = (await Deno.readTextFile(tokenFile)).trim();
      if (text === "") throw new CredentialError(`${this.#auth.name}: token file ${tokenFile} is empty`);
      return this.#checkToken(text);
    } catch (error) {
      // As client-go: what was read last stands until the file can be read again.
      const last = this.#current?.token ?? this.#checkToken(token);
      if (last !== undefined) return last;
      if (error instanceof CredentialError) throw error;
      throw new CredentialError(`${this.#auth.name}: token file ${describeReadError(tokenFile, error)}`);
    }
  }

  async #readCertificate(): Promise<SignIn["certificate"]> {
    const { clientCertificate, clientKey } = this.#auth;
    if (!clientCertificate || !clientKey) return undefined;
    try {
      return { cert: await readCertificates(clientCertificate), key: await readKey(clientKey) };
    } catch (error) {
      if (this.#current?.certificate) return this.#current.certificate;
      throw error;
    }
  }

  #checkToken(token: string | undefined): string | undefined {
    // The fetch API would quote the whole header in its error.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw new CredentialError(`${this.#auth.name}: its token holds characters that no token can have`);
    }
    return token;
  }
}

function isSame(a: SignIn, b: SignIn): boolean {
  return a.token === b.token && a.certificate?.cert === b.certificate?.cert &&
    a.certificate?.key === b.certificate?.key;
}

/** The text of a PEM that stands in the kubeconfig, or in a file. @throws {CredentialError} */
async function readPem(pem: Pem): Promise<string> {
  if ("text" in pem) return pem.text;
  try {
    return await Deno.readTextFile(pem.file);
  } catch (error) {
    throw new CredentialError(`${pem.from}: ${describeReadError(pem.file, error)}`);
  }
}

/** The PEM text of one or more certificates, each of which can be parsed. @throws {CredentialError} */
export async function readCertificates(pem: Pem): Promise<string> {
  const text = await readPem(pem);
  certificatesIn(text, pem.from);
  return text;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function certificatesIn(text: string, from: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new CredentialError(`${from}: holds no certificate (-----BEGIN CERTIFICATE-----)`);
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw new CredentialError(`${from}: certificate ${index + 1} of ${blocks.length} is damaged`);
    }
  });
}

async function readKey(pem: Pem): Promise<string> {
  const text = await readPem(pem);
  if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    throw new CredentialError(`${pem.from}: the key is encrypted with a passphrase: not supported`);
  }
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new CredentialError(`${pem.from}: holds no private key (-----BEGIN … PRIVATE KEY-----)`);
  }
  return text;
}
