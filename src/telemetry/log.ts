/**
 * Log lines: one JSON object a line for machines, or a readable line on a terminal. It writes what it is given; callers
 * give it names, counts and reasons, never data.
 */
export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly level: LogLevel;
  readonly now: () => Date;
  readonly write: (line: string) => void;
  /** Wraps a level's name in colour; absent for none. */
  readonly paint?: (level: LogLevel, text: string) => string;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export function createLog(options: LogOptions): Log {
  const write = (level: LogLevel, message: string, fields: LogFields = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(options.level)) return;
    const time = options.now().toISOString();
    options.write(
      options.format === "json"
        ? JSON.stringify({ time, level, message, ...fields })
        : textLine(time, level, message, fields, options.paint),
    );
  };
  return {
    debug: (message, fields) => write("debug", message, fields),
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}

function textLine(
  time: string,
  level: LogLevel,
  message: string,
  fields: LogFields,
  paint: LogOptions["paint"],
): string {
  const name = level.padEnd(5);
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${/[\s"=]/.test(String(value)) ? JSON.stringify(value) : value}`);
  return [time.slice(11, 23), paint ? paint(level, name) : name, message, ...pairs].join(" ");
}
