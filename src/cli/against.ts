/** `plan --against sveltos`: what we would write beside what Sveltos has, and what of its pipelines works here. It reads only. */
import { nameOf } from "../api/object.ts";
import { stringifyJson } from "../json/json.ts";
import { compareWithSveltos } from "../reconcile/against.ts";
import { sourceCompatibility, triggerCompatibility } from "../reconcile/compatibility.ts";
import type { Reconciliation } from "../reconcile/reconcile.ts";
import { sourceQuery } from "../reconcile/snapshot.ts";
import type { SveltosState } from "../reconcile/sveltos_marks.ts";
import { answeringFrom, readDeployed, readSveltosState } from "../reconcile/sveltos_state.ts";
import { writeYaml } from "../yaml/write.ts";
import type { Options } from "./args.ts";
import { type Environment, EXIT, type ExitCode } from "./environment.ts";
import { type Input, InputError, openInput, planAll, reconcileOptions } from "./pipeline.ts";
import type { Paint } from "./print.ts";
import { againstCounts, againstDocument, type AgainstResult, againstTable } from "./print_against.ts";

export async function againstCommand(options: Options, environment: Environment, paint: Paint): Promise<ExitCode> {
  const input = await openInput(options, environment);
  try {
    const result = await resultOf(input, options, environment.signal);
    const { output, verbose } = options;
    const document = () => againstDocument(result);
    environment.terminal.out(
      output === "table"
        ? againstTable(result, paint, verbose)
        : output === "json"
        ? `${stringifyJson(document(), 2)}\n`
        : writeYaml(document()),
    );
    return exitCodeOf(result);
  } finally {
    input.close();
  }
}

async function resultOf(input: Input, options: Options, signal: AbortSignal): Promise<AgainstResult> {
  const { deployed, state, reconciliations } = await readBoth(input, options, signal);
  const names = options.triggers || options.triggerSelector
    ? new Set(reconciliations.map(({ plan }) => plan.trigger))
    : undefined;
  const comparison = compareWithSveltos(
    reconciliations,
    deployed.objects,
    state,
    reconcileOptions(options).gates,
    names,
  );
  return {
    comparison,
    reconciliations,
    sources: await sourcesOf(input, reconciliations, names !== undefined, signal),
    triggers: reconciliations.map(triggerCompatibility),
    unknown: [...deployed.unknown, ...(state.unknown === undefined ? [] : [state.unknown])],
  };
}

/** What Sveltos has, and our plans. Targets are looked up in the one list that was read of what Sveltos has deployed. */
export async function readBoth(input: Input, options: Options, signal: AbortSignal): Promise<{
  deployed: Awaited<ReturnType<typeof readDeployed>>;
  state: SveltosState;
  reconciliations: readonly Reconciliation[];
}> {
  const { reader } = input.parts;
  const deployed = await readDeployed(options.allowedKinds, options.targetNamespaces, reader, signal);
  const state = await readSveltosState(reader, signal);
  const parts = { ...input.parts, reader: answeringFrom(deployed.objects, reader) };
  const { reconciliations } = await planAll({ ...input, parts }, options, signal);
  return { deployed, state, reconciliations };
}

async function sourcesOf(
  { parts: { reader } }: Input,
  reconciliations: readonly Reconciliation[],
  onlyUsed: boolean,
  signal: AbortSignal,
): Promise<AgainstResult["sources"]> {
  const listing = await reader.list(sourceQuery(), signal);
  if (listing.unknown) throw new InputError(`Cannot list EventSources: ${listing.unknown.message}`);
  const usedBy = Map.groupBy(
    reconciliations,
    ({ computation: { snapshot: { source, trigger } } }) => source?.name ?? trigger?.eventSourceName ?? "",
  );
  return listing.objects.map((object) => ({
    ...sourceCompatibility(object),
    usedBy: (usedBy.get(nameOf(object)) ?? []).map(({ plan }) => plan.trigger),
  })).filter((source) => !onlyUsed || source.usedBy.length > 0);
}

/** As for a plan: an error counts most, then what is held or in the way, then what differs. */
function exitCodeOf({ comparison, reconciliations, unknown }: AgainstResult): ExitCode {
  if (unknown.length > 0 || reconciliations.some(({ plan }) => plan.failures.length > 0)) return EXIT.error;
  const { differ, onlyHere, onlyThere, leftBehind, foreign, unseen, held } = againstCounts(comparison);
  if (held + foreign + unseen > 0) return EXIT.held;
  return differ + onlyHere + onlyThere + leftBehind > 0 ? EXIT.changes : EXIT.ok;
}
