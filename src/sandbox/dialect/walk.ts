/** Every expression of a tree, in the order of the text. */
import type { Block, Expression, FunctionBody, Statement } from "./syntax.ts";

export function* expressionsOf(body: FunctionBody): Generator<Expression> {
  yield* ofBlock(body.body);
}

function* ofBlock(block: Block): Generator<Expression> {
  for (const statement of block) yield* ofStatement(statement);
}

function* ofStatement(statement: Statement): Generator<Expression> {
  switch (statement.type) {
    case "local":
    case "return":
      return yield* ofList(statement.values);
    case "assign":
      yield* ofList(statement.targets);
      return yield* ofList(statement.values);
    case "callStatement":
      return yield* of(statement.call);
    case "do":
      return yield* ofBlock(statement.body);
    case "while":
      yield* of(statement.condition);
      return yield* ofBlock(statement.body);
    case "repeat":
      yield* ofBlock(statement.body);
      return yield* of(statement.condition);
    case "if":
      for (const { condition, body } of statement.clauses) {
        yield* of(condition);
        yield* ofBlock(body);
      }
      return yield* ofBlock(statement.otherwise ?? []);
    case "numericFor":
      yield* ofList([statement.start, statement.limit, ...(statement.step ? [statement.step] : [])]);
      return yield* ofBlock(statement.body);
    case "genericFor":
      yield* ofList(statement.values);
      return yield* ofBlock(statement.body);
    case "localFunction":
      return yield* of(statement.function);
    case "functionStatement":
      yield* of(statement.target);
      return yield* of(statement.function);
  }
}

function* ofList(list: readonly Expression[]): Generator<Expression> {
  for (const expression of list) yield* of(expression);
}

function* of(expression: Expression): Generator<Expression> {
  yield expression;
  switch (expression.type) {
    case "index":
      return yield* ofList([expression.object, expression.key]);
    case "call":
      yield* of(expression.callee);
      return yield* ofList(expression.args);
    case "method":
      yield* of(expression.object);
      return yield* ofList(expression.args);
    case "function":
      return yield* ofBlock(expression.body);
    case "table":
      for (const { key, value } of expression.fields) {
        if (key) yield* of(key);
        yield* of(value);
      }
      return;
    case "binary":
      return yield* ofList([expression.left, expression.right]);
    case "unary":
      return yield* of(expression.operand);
    case "parenthesis":
      return yield* of(expression.inner);
  }
}
