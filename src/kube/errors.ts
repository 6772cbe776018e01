/**
 * What can go wrong between us and an API server: an answer that is an error, or no answer. The texts are our own: what a
 * server says about a write can quote the bytes of a Secret, and is never passed on.
 */
import { field, fieldAt, isJsonObject, type Json, parseJson } from "../json/json.ts";
import { RBAC_VERBS } from "./rights.ts";

export type Verb = "get" | "list" | "watch" | "create" | "apply" | "patch" | "delete";

/** What was asked for. */
export interface RequestTarget {
  readonly verb: Verb;
  /** Group-qualified plural: `secrets`, `clusters.cluster.x-k8s.io`; or a path of discovery. */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface ErrorCause {
  /** As the server names it: `FieldManagerConflict`, `FieldValueRequired`, `NamespaceTerminating`, … */
  readonly type: string;
  /** Path of the field, or empty. */
  readonly field: string;
  /** For `FieldManagerConflict`, the other manager. */
  readonly manager?: string;
}

export interface ApiErrorDetails extends RequestTarget {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly ErrorCause[];
  readonly retryAfter?: number;
  readonly kindNotServed: boolean;
}

/** The API server's answer was an error. */
export class ApiError extends Error implements ApiErrorDetails {
  override name = "ApiError";
  /** HTTP status; that of the Status object where a watch reports one. */
  readonly status: number;
  /** Kubernetes' reason (`NotFound`, `Conflict`, `Expired`, …); empty if the answer was no Status. */
  readonly reason: string;
  readonly verb: Verb;
  readonly resource: string;
  readonly namespace?: string;
  /** Of the object. (`name` is the error's own, as JavaScript has it.) */
  readonly objectName?: string;
  readonly causes: readonly ErrorCause[];
  /** Seconds that the server asks us to wait. */
  readonly retryAfter?: number;
  /** True where a 404 means the kind, and not one object of it. */
  readonly kindNotServed: boolean;

  constructor(details: Omit<ApiErrorDetails, "name"> & { objectName?: string }) {
    super(details.message);
    this.status = details.status;
    this.reason = details.reason;
    this.verb = details.verb;
    this.resource = details.resource;
    this.namespace = details.namespace;
    this.objectName = details.objectName;
    this.causes = details.causes;
    this.retryAfter = details.retryAfter;
    this.kindNotServed = details.kindNotServed;
  }

  /** True where the object is known not to exist. */
  get isObjectAbsent(): boolean {
    return this.status === 404 && !this.kindNotServed;
  }

  /** True where a list or a watch can't go on from its resourceVersion or continue token. */
  get isExpired(): boolean {
    return this.status === 410;
  }

  hasCause(type: string): boolean {
    return this.causes.some((cause) => cause.type === type);
  }
}

const MAX_READ_MESSAGE = 512;
const MAX_CAUSES = 20;
const MAX_NAME = 128;

/** The {@link ApiError} for an answer with `status` and `body` to `target`. */
export function apiErrorFrom(
  status: number,
  body: string,
  retryAfterHeader: string | null,
  target: RequestTarget,
): ApiError {
  const answer = parseStatus(body);
  return apiErrorFromStatus(status, answer, target, retryAfterOf(retryAfterHeader, answer), body);
}

/** The {@link ApiError} for a Status object, as a watch reports it in an ERROR event. */
export function apiErrorFromStatus(
  httpStatus: number,
  answer: Json | undefined,
  target: RequestTarget,
  retryAfter = retryAfterOf(null, answer),
  body = "",
): ApiError {
  const code = field(answer, "code");
  const status = typeof code === "number" && code >= 400 && code < 600 ? code : httpStatus;
  const reason = shortText(field(answer, "reason"));
  const causes = causesOf(answer);
  // Of a missing object, the server gives the name; a path that it doesn't know has none.
  const kindNotServed = status === 404 && !fieldAt(answer, "details", "name");
  const { verb, resource, namespace, name } = target;
  const said = isRead(verb) ? readMessage(field(answer, "message"), body) : writeMessage(answer);
  const message = `cannot ${describeTarget(target)}: ${explain(status, reason, causes, kindNotServed, target)}` +
    (said === "" ? "" : `: ${said}`);
  const about = { verb, resource, namespace, objectName: name };
  return new ApiError({ ...about, status, reason, causes, retryAfter, kindNotServed, message });
}

function isRead(verb: Verb): boolean {
  return verb === "get" || verb === "list" || verb === "watch";
}

/** `apply secrets team-a/c1`, `list clusters.cluster.x-k8s.io in namespace mgmt`. */
export function describeTarget({ verb, resource, namespace, name }: RequestTarget): string {
  if (name) return `${verb} ${resource} ${namespace ? `${namespace}/${name}` : name}`;
  return `${verb} ${resource}${namespace ? ` in namespace ${namespace}` : ""}`;
}

function parseStatus(body: string): Json | undefined {
  try {
    const answer = parseJson(body);
    return isJsonObject(answer) && field(answer, "kind") === "Status" ? answer : undefined;
  } catch {
    return undefined;
  }
}

function retryAfterOf(header: string | null, answer: Json | undefined): number | undefined {
  if (header !== null && /^\d{1,6}$/.test(header.trim())) return Number(header);
  const seconds = fieldAt(answer, "details", "retryAfterSeconds");
  return typeof seconds === "number" && seconds > 0 ? seconds : undefined;
}

function causesOf(answer: Json | undefined): ErrorCause[] {
  const causes = fieldAt(answer, "details", "causes");
  if (!Array.isArray(causes)) return [];
  return causes.slice(0, MAX_CAUSES).map((cause) => {
    const type = shortText(field(cause, "reason"));
    const manager = type === "FieldManagerConflict"
      ? /^conflict with "([^"]{1,128})"/.exec(String(field(cause, "message")))?.[1]
      : undefined;
    return { type, field: shortText(field(cause, "field")), ...(manager === undefined ? {} : { manager }) };
  });
}

function shortText(value: Json | undefined): string {
  return typeof value === "string" ? printable(value).slice(0, MAX_NAME) : "";
}

/** Without control characters, which could rewrite a terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
}

function readMessage(message: Json | undefined, body: string): string {
  const text = printable(typeof message === "string" ? message : body.slice(0, MAX_READ_MESSAGE * 2));
  return text.length > MAX_READ_MESSAGE ? `${text.slice(0, MAX_READ_MESSAGE)}…` : text;
}

/**
 * What the server says about a write, as far as it names things and not their content: whose admission said no, which quota
 * is used up, which fields are wrong, at which path a type is wrong.
 */
function writeMessage(answer: Json | undefined): string {
  const message = field(answer, "message");
  if (typeof message !== "string") return "";
  const named = /^(?:.{0,300}? )?(admission webhook "[^"]{1,253}" denied the request)/.exec(message) ??
    /(ValidatingAdmissionPolicy '[^']{1,253}')/.exec(message) ??
    /(exceeded quota: [a-z0-9.-]{1,253})/.exec(message) ??
    /(violates PodSecurity "[^"]{1,64}")/.exec(message);
  if (named) return printable(named[1]!);
  const typed = /^failed to create typed (?:patch|live) object \([^)]{0,600}\): (?:errors:\s*)?(\.[\w.\-/]{1,253}): /
    .exec(message);
  return typed ? `${printable(typed[1]!)} has a value of the wrong type` : "";
}

function explain(
  status: number,
  reason: string,
  causes: readonly ErrorCause[],
  kindNotServed: boolean,
  target: RequestTarget,
): string {
  switch (status) {
    case 401:
      return "credentials rejected (401): is the token or the client certificate still valid?";
    case 403:
      return causes.some(({ type }) => type === "NamespaceTerminating")
        ? "its namespace is being deleted (403)"
        : `forbidden (403): it takes the right to ${rbacVerb(target.verb)} ${target.resource}` +
          (target.namespace ? ` in namespace ${target.namespace}` : " in all namespaces, or cluster-wide");
    case 404:
      return kindNotServed ? "not served by this API server (404)" : "not found (404)";
    case 409:
      return explainConflict(reason, causes);
    case 410:
      return "the server no longer has that version (410)";
    case 413:
      return "too large for the API server (413)";
    case 415:
      return "the server doesn't take this kind of request (415)";
    case 422:
      return `invalid (422)${listFields(causes)}`;
    case 429:
      return "the server is too busy (429)";
    default:
      return `${reason || "error"} (${status})${listFields(causes)}`;
  }
}

function rbacVerb(verb: Verb): string {
  return verb === "apply" ? `${RBAC_VERBS[verb]} (and create)` : RBAC_VERBS[verb];
}

function explainConflict(reason: string, causes: readonly ErrorCause[]): string {
  if (reason === "AlreadyExists") return "it exists already (409)";
  const others = causes.filter(({ type }) => type === "FieldManagerConflict");
  if (others.length === 0) return "it has changed, or is not the object that was meant (409)";
  const fields = others.map(({ field, manager }) => manager === undefined ? field : `${field} (${manager})`);
  return `other field managers own ${fields.join(", ")} (409)`;
}

function listFields(causes: readonly ErrorCause[]): string {
  const fields = causes.filter(({ field }) => field !== "").map(({ type, field }) => `${field} (${type})`);
  return fields.length === 0 ? "" : `: ${fields.join(", ")}`;
}

/** A write was not sent, because this process may not write now. */
export class WriteRefusedError extends Error {
  override name = "WriteRefusedError";
}

/** Why there was no answer. */
export type ConnectionFailure =
  | "refused"
  | "unreachable"
  | "name"
  | "certificate"
  | "timeout"
  | "lost"
  | "protocol"
  /** The server has answered, with an object that can't be held. */
  | "unreadable"
  | "permission"
  | "credentials";

/** There was no answer, or none that makes sense. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
  constructor(
    readonly failure: ConnectionFailure,
    message: string,
    /** Host and port of the server. */
    readonly host: string,
    /** True where the request may have reached the server: a write may have been carried out. */
    readonly maybeDone: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Patterns of Deno's texts: what they mean, in our words, and what to do. First match wins. */
const FAILURES: readonly (readonly [RegExp, ConnectionFailure, string])[] = [
  [/Connection refused/i, "refused", "connection refused: does the API server run, and is the port right?"],
  [/dns error|failed to lookup/i, "name", "the name can't be resolved: is the server's host right?"],
  [
    /invalid peer certificate: UnknownIssuer/,
    "certificate",
    "its certificate is signed by an unknown authority: is certificate-authority-data that of this cluster?",
  ],
  [/invalid peer certificate: Expired/, "certificate", "its certificate has expired (or the clock here is wrong)"],
  [
    /invalid peer certificate: NotValidYet/,
    "certificate",
    "its certificate is not valid yet (is the clock here right?)",
  ],
  [
    /certificate not valid for name|NotValidForName/,
    "certificate",
    "its certificate is for another name: use a server whose host is in the certificate",
  ],
  [/invalid peer certificate/, "certificate", "its certificate can't be accepted"],
  [
    /received fatal alert/,
    "certificate",
    "the server broke off the TLS handshake: does it accept this client certificate?",
  ],
  [
    /KeyMismatch|No certificates found|No keys found/,
    "credentials",
    "client certificate and key can't be used together",
  ],
  [/BadEncoding/, "credentials", "a certificate of the configuration is damaged"],
  [/Requests to port \d+ are blocked/, "permission", "Deno's fetch refuses this port: the server must use another one"],
  [/No route to host|unreachable|timed out|ETIMEDOUT/i, "unreachable", "the server can't be reached"],
  [/tls handshake eof/, "lost", "the connection was closed during the TLS handshake: is there an HTTPS server?"],
  [/invalid HTTP version/, "protocol", "the answer was no HTTP: does the server want https:// ?"],
  [/closed before message completed|reset by peer|broken pipe|reading a body|eof/i, "lost", "the connection was lost"],
];

const NEVER_SENT: ReadonlySet<ConnectionFailure> = new Set([
  "refused",
  "unreachable",
  "name",
  "certificate",
  "permission",
  "credentials",
]);

/** The {@link ConnectionError} for whatever `fetch` or reading a body threw. */
export function connectionErrorFrom(error: unknown, host: string, target: RequestTarget): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const text = chainOf(error);
  const known = error instanceof Deno.errors.NotCapable
    ? ["permission", `Deno may not connect: start with --allow-net=${host}`] as const
    : FAILURES.find(([pattern]) => pattern.test(text))?.slice(1) as [ConnectionFailure, string] | undefined;
  const [failure, why] = known ?? ["lost" as const, "the connection failed"];
  const message = `cannot ${describeTarget(target)}: ${host}: ${why}`;
  return new ConnectionError(failure, message, host, !NEVER_SENT.has(failure), { cause: error });
}

/** Deno hides the reason of a failed fetch in `cause`. */
function chainOf(error: unknown): string {
  const texts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) texts.push(at.message);
  return texts.join(": ");
}
