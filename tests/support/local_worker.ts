/** A planning thread within the test's own: messages are copied and kept in order, and take as long as the test says. */
import type { PlanCommand, PlanReply, PlanSettings } from "../../src/controller/plan_messages.ts";
import { servePlans } from "../../src/controller/plan_server.ts";
import type { PlanWorker } from "../../src/controller/worker_planner.ts";
import type { Parts } from "../../src/reconcile/reconcile.ts";

/** Waits for its turn before the next message of one direction is delivered. */
export type Delay = (to: "worker" | "planner") => Promise<void>;

export class LocalWorker implements PlanWorker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  /** What the handler of the planner's side threw: in a true worker's place that ends the process. */
  readonly thrown: unknown[] = [];
  readonly #serve: (command: PlanCommand) => void;
  #toWorker = Promise.resolve();
  #toPlanner = Promise.resolve();
  #isOver = false;

  constructor(parts: Omit<Parts, "reader">, readonly delay: Delay, readonly onCommand = (_: PlanCommand) => {}) {
    this.#serve = servePlans<PlanSettings>(() => parts, (reply) => this.#reply(structuredClone(reply)));
  }

  postMessage(message: unknown): void {
    if (this.#isOver) return;
    const command = structuredClone(message) as PlanCommand;
    this.onCommand(command);
    this.#toWorker = this.#toWorker.then(async () => {
      await this.delay("worker");
      if (this.#isOver) return;
      try {
        this.#serve(command);
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error));
      }
    });
  }

  /** The thread dies. */
  fail(message: string): void {
    this.onerror?.(new ErrorEvent("error", { message, cancelable: true }));
  }

  terminate(): void {
    this.#isOver = true;
  }

  #reply(reply: PlanReply): void {
    this.#toPlanner = this.#toPlanner.then(async () => {
      await this.delay("planner");
      if (this.#isOver) return;
      try {
        this.onmessage?.(new MessageEvent("message", { data: reply }));
      } catch (error) {
        this.thrown.push(error);
      }
    });
  }
}
