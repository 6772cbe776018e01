/** Lends out Deno HTTP clients, and replaces one that failed: what hangs once hangs for all who share its connections. */
import type { SignIn } from "./auth.ts";

interface Slot {
  readonly http: Deno.HttpClient;
  readonly certificate: SignIn["certificate"];
  users: number;
  retired: boolean;
}

/** A client in use. */
export interface Lease {
  readonly http: Deno.HttpClient;
  /** Nobody gets this client any more; who has it may go on. */
  retire(): void;
  /** To be called once, when the answer has been read. */
  release(): void;
}

export class HttpPool {
  #caCerts: () => Promise<string[]>;
  #slot: Slot | undefined;

  /** @param caCerts PEM texts, read for each new client. */
  constructor(caCerts: () => Promise<string[]>) {
    this.#caCerts = caCerts;
  }

  /** A client that shows the certificate of `signIn`, if it has one. Throws what reading or parsing certificates throws. */
  async lease(signIn: SignIn): Promise<Lease> {
    const slot = this.#slotFor(signIn) ?? this.#newSlot(signIn, await this.#caCerts());
    slot.users++;
    return {
      http: slot.http,
      retire: () => this.#retire(slot),
      release: () => {
        slot.users--;
        this.#closeIfUnused(slot);
      },
    };
  }

  #slotFor(signIn: SignIn): Slot | undefined {
    if (this.#slot && this.#slot.certificate !== signIn.certificate) this.#retire(this.#slot);
    return this.#slot;
  }

  #newSlot(signIn: SignIn, caCerts: string[]): Slot {
    // Others may have waited for the same files, and made it first.
    return this.#slotFor(signIn) ?? (this.#slot = {
      // Deno's HTTP/2 goes on using a dead connection; with HTTP/1.1 only the requests on it are lost.
      http: Deno.createHttpClient({ caCerts, ...signIn.certificate, http2: false }),
      certificate: signIn.certificate,
      users: 0,
      retired: false,
    });
  }

  close(): void {
    this.#retire(this.#slot);
  }

  #retire(slot: Slot | undefined): void {
    if (!slot || slot.retired) return;
    slot.retired = true;
    if (this.#slot === slot) this.#slot = undefined;
    this.#closeIfUnused(slot);
  }

  #closeIfUnused(slot: Slot): void {
    if (slot.retired && slot.users === 0) slot.http.close();
  }
}
