import { keyName, unwrap, type ClassNode, type FunctionNode, type Node } from './nodes.ts';
import type { Scope, Scopes } from './scopes.ts';
import { State } from './state.ts';
import { union, type Value } from './values.ts';

/** What statements need of the interpreter (taint.ts). */
export interface Machine {
  readonly text: string;
  readonly scopes: Scopes;
  state: State;
  readonly frame: { readonly fn: FunctionNode | undefined; readonly summary: { returns: Value | undefined }; loops: number };
  evaluate(node: Node, scope: Scope): Value | undefined;
  assign(target: Node, value: Value | undefined, scope: Scope, from?: Node): void;
  setField(scope: Scope, name: string, value: Value | undefined): void;
  prove(test: Node, truth: boolean, scope: Scope): void;
  summaryOf(fn: FunctionNode, outer: Scope): unknown;
  /** Control leaves the function. */
  leave(): void;
  /** What comes out of a value that is read like a list, piece by piece. */
  pieces(value: Value | undefined, at: Node): Value | undefined;
  statements(body: readonly Node[], scope: Scope): boolean;
  statement(node: Node, scope: Scope): boolean;
}

/** Runs one statement; true when control does not come out at its end. */
export function execute(node: Node, scope: Scope, machine: Machine): boolean {
  const inner = machine.scopes.inside.get(node) ?? scope;
  switch (node.type) {
    case 'ExpressionStatement':
      machine.evaluate(node.expression, scope);
      return false;
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations) if (init) machine.assign(id, machine.evaluate(init, scope), scope, init);
      return false;
    case 'ReturnStatement':
      if (node.argument) machine.frame.summary.returns = union(machine.frame.summary.returns, machine.evaluate(node.argument, scope));
      machine.leave();
      return true;
    case 'ThrowStatement':
      machine.evaluate(node.argument, scope);
      return true;
    case 'BreakStatement':
    case 'ContinueStatement':
      return true;
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return machine.statements(node.body, inner);
    case 'IfStatement': {
      machine.evaluate(node.test, scope);
      const [thenLeaves, elseLeaves] = either(
        machine,
        () => {
          machine.prove(node.test, true, scope);
          return machine.statement(node.consequent, scope);
        },
        () => {
          machine.prove(node.test, false, scope);
          return node.alternate ? machine.statement(node.alternate, scope) : false;
        },
      );
      return thenLeaves && elseLeaves;
    }
    case 'ForStatement':
      if (node.init) statementOrExpression(node.init, inner, machine);
      loop(machine, () => {
        if (node.test) machine.evaluate(node.test, inner);
        machine.statement(node.body, inner);
        if (node.update) machine.evaluate(node.update, inner);
      });
      return false;
    case 'ForOfStatement':
    case 'ForInStatement': {
      const items = machine.evaluate(node.right, scope);
      const target = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
      loop(machine, () => {
        if (target) machine.assign(target, machine.pieces(items, node.right), inner);
        machine.statement(node.body, inner);
      });
      return false;
    }
    case 'WhileStatement':
    case 'DoWhileStatement':
      loop(machine, () => {
        machine.evaluate(node.test, scope);
        machine.statement(node.body, scope);
      });
      return false;
    case 'TryStatement': {
      const [leaves] = either(
        machine,
        () => machine.statement(node.block, scope),
        () => (node.handler ? machine.statement(node.handler.body, machine.scopes.inside.get(node.handler) ?? scope) : false),
      );
      const ends = node.finalizer ? machine.statement(node.finalizer, scope) : false;
      return ends || (leaves && !node.handler);
    }
    case 'SwitchStatement': {
      machine.evaluate(node.discriminant, scope);
      const subject = unwrap(node.discriminant);
      const before = machine.state;
      let after: State | undefined;
      let through: State | undefined;
      for (const { test, consequent } of node.cases) {
        machine.state = before.copy();
        if (test) machine.state.prove(machine.text.slice(subject.start!, subject.end!));
        if (through) machine.state = State.join(through, machine.state);
        const leaves = machine.statements(consequent, inner);
        through = leaves ? undefined : machine.state;
        if (leaves && leavesSwitch(consequent)) after = after ? State.join(after, machine.state) : machine.state;
      }
      if (through) after = after ? State.join(after, through) : through;
      const all = node.cases.some(({ test }) => !test);
      machine.state = all ? (after ?? before) : after ? State.join(before, after) : before;
      return all && !after;
    }
    case 'LabeledStatement':
      machine.statement(node.body, scope);
      return false;
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      if (node.declaration) statementOrExpression(node.declaration, scope, machine);
      return false;
    case 'TSExportAssignment':
      machine.evaluate(node.expression, scope);
      return false;
    case 'TSModuleDeclaration':
      machine.statement(node.body, scope);
      return false;
    case 'FunctionDeclaration':
      // When nothing has called it by the end, `run` looks at it; here it would not know the variables set later.
      if (machine.frame.fn) machine.summaryOf(node, scope);
      return false;
    case 'ClassDeclaration':
      classBody(node, scope, machine);
      return false;
    default:
      return false;
  }
}

/** Whether a case ends with `break`, so that what follows the switch comes next. */
function leavesSwitch(body: readonly Node[]): boolean {
  const last = body.findLast((one) => one.type !== 'EmptyStatement');
  return last?.type === 'BlockStatement' ? leavesSwitch(last.body) : last?.type !== 'ReturnStatement' && last?.type !== 'ThrowStatement';
}

function statementOrExpression(node: Node, scope: Scope, machine: Machine): void {
  if (/(?:Statement|Declaration)$/.test(node.type)) machine.statement(node, scope);
  else machine.evaluate(node, scope);
}

/** The members of a class, in order. */
export function classBody(node: ClassNode, scope: Scope, machine: Machine): void {
  const inner = machine.scopes.inside.get(node) ?? scope;
  if (node.superClass) machine.evaluate(node.superClass, scope);
  for (const member of node.body.body) {
    if (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') machine.summaryOf(member, inner);
    else if (member.type === 'StaticBlock') machine.statement(member, inner);
    else if ('value' in member && member.value) {
      const value = machine.evaluate(member.value, inner);
      const name = keyName(member.key, 'computed' in member && member.computed);
      if (name) machine.setField(inner, name, value);
    }
  }
}

/** Runs two ways from the same state and joins what they leave behind; a way that leaves does not count. */
export function either(machine: Machine, first: () => boolean, second: () => boolean): [boolean, boolean] {
  const before = machine.state;
  machine.state = before.copy();
  const firstLeaves = first();
  const one = machine.state;
  machine.state = before.copy();
  const secondLeaves = second();
  if (!firstLeaves && !secondLeaves) machine.state = State.join(one, machine.state);
  else if (secondLeaves) machine.state = firstLeaves ? before : one;
  return [firstLeaves, secondLeaves];
}

function loop(machine: Machine, body: () => void): void {
  machine.frame.loops++;
  // A second time for what the first leaves behind; not in the depths, where it would multiply.
  for (let i = 0; i < (machine.frame.loops > 2 ? 1 : 2); i++) {
    const before = machine.state.copy();
    body();
    machine.state = State.join(before, machine.state);
  }
  machine.frame.loops--;
}
