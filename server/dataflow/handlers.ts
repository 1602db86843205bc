import { classOf, functionOf } from './functions.ts';
import { canonicalName, lastName, literalOf, settledInit, staticValue } from './names.ts';
import { isCall, isFunction, isMember, keyName, unwrap, type CallNode, type FunctionNode, type Node } from './nodes.ts';
import { lookup, type Place, type Scope, type Scopes } from './scopes.ts';
import type { Carrier, SourceName } from './sources.ts';

/** What a framework hands to a function that was registered with it, by position. */
export type Handed = readonly (Carrier | SourceName | undefined)[];

const known = new WeakMap<Scopes, ReadonlyMap<FunctionNode, Handed>>();

/** The functions that frameworks call: handlers of routes, wherever they are written, of messages, GraphQL resolvers, server actions. */
export function handlersOf(scopes: Scopes): ReadonlyMap<FunctionNode, Handed> {
  let found = known.get(scopes);
  if (!found) known.set(scopes, (found = new Search(scopes).run()));
  return found;
}

const routes = /^(?:get|post|put|delete|del|patch|all|use|head|options|route)$/;
const responses = /^(?:_?res|response|resp|_?reply|rs)$/;
const endings = /^(?:error|close|disconnect|disconnecting|open|end)$/;
const resolverTypes = /^(?:Query|Mutation|Subscription)$/;
const lambdaTypes = /^(?:APIGatewayProxyHandler(?:V2)?|LambdaFunctionURLHandler|ALBHandler|SQSHandler|SNSHandler|S3Handler)$/;
const contextTypes = /^(?:GetServerSideProps|LoaderFunction|ActionFunction|PageServerLoad|Actions)$/;

class Search {
  private readonly scopes: Scopes;
  private readonly found = new Map<FunctionNode, Handed>();
  /** Functions that are called for each connection of a client. */
  private readonly connections = new Set<FunctionNode>();

  constructor(scopes: Scopes) {
    this.scopes = scopes;
  }

  run(): ReadonlyMap<FunctionNode, Handed> {
    for (const place of this.scopes.places) {
      const { node, scope } = place;
      if (node.type === 'CallExpression' || node.type === 'OptionalCallExpression') this.call(node, scope);
      else if (node.type === 'ObjectExpression') this.object(node, scope);
      else if (node.type === 'ObjectProperty') this.property(node, scope);
      else if (node.type === 'VariableDeclarator') this.declared(place);
    }
    for (const fn of this.scopes.parents.keys()) this.byItself(fn);
    return this.found;
  }

  private add(fn: FunctionNode | undefined, ...handed: Handed): void {
    if (fn && !this.found.has(fn)) this.found.set(fn, handed);
  }

  private call(node: CallNode, scope: Scope): void {
    const { callee, arguments: args } = node;
    const name = lastName(callee);
    const [first] = args;
    if (!name || !first) return;
    const topic = literalOf(unwrap(first));
    if (routes.test(name) && isMember(callee)) {
      const path = this.isPath(first, scope);
      const chained = isRoute(callee.object);
      if (path || chained || name === 'use') for (const arg of args) this.handlers(arg, scope, path || chained);
      return;
    }
    switch (name) {
      case 'parse':
        // `form.parse(req, (err, fields, files) => …)` of formidable and multiparty.
        if (args[1] && /^(?:req|request)$/.test(lastName(first) ?? ''))
          this.add(this.functionOf(args[1], scope), undefined, 'user-object', 'user-object');
        break;
      case 'param':
        if (typeof topic === 'string' && args[1]) this.add(this.functionOf(args[1], scope), 'request', undefined, undefined, 'user-input');
        break;
      case 'createServer': {
        const last = args.at(-1)!;
        if (/^https?\./.test(canonicalName(callee, scope, this.scopes) ?? '')) this.add(this.functionOf(last, scope), 'request');
        break;
      }
      case 'onRequest':
        this.add(this.functionOf(args.at(-1)!, scope), 'request');
        break;
      case 'onCall':
        this.add(this.functionOf(args.at(-1)!, scope), 'user-object');
        break;
      case 'query':
      case 'mutation':
      case 'subscription':
        if (isMember(callee) && hasInput(callee.object)) this.add(this.functionOf(first, scope), 'procedure');
        break;
      case 'serve':
        this.keyed(first, 'fetch', scope, 'request');
        break;
      case 'addEventListener':
        if (topic === 'fetch' && args[1]) this.add(this.functionOf(args[1], scope), 'context');
        break;
      case 'graphqlHTTP':
      case 'createHandler':
        this.rootValue(first, scope);
        break;
      case 'on':
      case 'once':
        if (typeof topic === 'string' && args[1] && isMember(callee)) this.listener(callee.object, topic, args[1], scope);
    }
  }

  /** `'/users'`, a constant that is one, a list of them, a pattern. */
  private isPath(node: Node, scope: Scope): boolean {
    const inner = unwrap(node);
    if (inner.type === 'RegExpLiteral') return true;
    if (inner.type === 'ArrayExpression')
      return inner.elements.some((item) => item && item.type !== 'SpreadElement' && this.isPath(item, scope));
    const value = inner.type === 'TemplateLiteral' ? inner.quasis[0]?.value.raw : staticValue(inner, scope);
    return typeof value === 'string' && /^[/*:]/.test(value);
  }

  /** One argument of a route: a function, a list of them, or one within a wrapper. */
  private handlers(argument: Node, scope: Scope, certain: boolean, depth = 0): void {
    const node = unwrap(argument);
    if (depth > 3) return;
    if (node.type === 'ArrayExpression') {
      for (const item of node.elements) if (item) this.handlers(item, scope, certain, depth + 1);
      return;
    }
    const fn = this.functionOf(node, scope);
    if (!fn) {
      // `asyncHandler(async (req, res) => …)`
      if (isCall(node) && node.arguments.length === 1) this.handlers(node.arguments[0]!, scope, certain, depth + 1);
      return;
    }
    const [first, second] = fn.params.map(nameOf);
    if (first !== undefined && /^(?:ctx|context|c)$/.test(first)) this.add(fn, 'context');
    else if (fn.params.length === 4) this.add(fn, undefined, 'request');
    else if (fn.params.length >= 2 && (certain || (second !== undefined && responses.test(second)))) this.add(fn, 'request');
  }

  private listener(emitter: Node, topic: string, handler: Node, scope: Scope): void {
    const fn = this.functionOf(handler, scope);
    if (!fn) return;
    let from = unwrap(emitter);
    // `req.on('data', …).on('end', …)`
    while (isCall(from) && isMember(from.callee) && lastName(from.callee) === 'on') from = unwrap(from.callee.object);
    const name = lastName(from);
    if (/^(?:file|field)$/.test(topic) && /busboy\(\)$/i.test(canonicalName(from, scope, this.scopes) ?? '')) {
      this.add(fn, ...fn.params.map(() => 'user-input' as const));
    } else if (topic === 'connection') {
      this.connections.add(fn);
      this.add(fn, 'socket', 'request');
    } else if (topic === 'data' && from.type === 'Identifier' && (/^(?:req|request)$/.test(name ?? '') || this.isRequest(from, scope))) {
      this.add(fn, 'user-input');
    } else if (!endings.test(topic) && scope.within && this.connections.has(scope.within)) this.add(fn, 'user-object');
  }

  private isRequest(node: Node, scope: Scope): boolean {
    const param = node.type === 'Identifier' ? lookup(scope, node.name)?.param : undefined;
    return param !== undefined && this.found.get(param.of)?.[param.index] === 'request';
  }

  /** `{ method: 'GET', path: '/', handler }` of Hapi and Fastify. */
  private object(node: Extract<Node, { type: 'ObjectExpression' }>, scope: Scope): void {
    const keys = new Set(node.properties.map((p) => (p.type === 'SpreadElement' ? undefined : keyName(p.key, p.computed))));
    if (keys.has('resolve') && (keys.has('type') || keys.has('args'))) this.keyed(node, 'resolve', scope, undefined, 'user-input');
    // Where `multer` puts what is uploaded.
    for (const key of ['filename', 'destination', 'fileFilter']) {
      const value = keys.has(key) ? valueOf(node, key) : undefined;
      const fn = value && isFunction(value) ? value : undefined;
      if (fn?.params.length === 3 && nameOf(fn.params[1]) === 'file') this.add(fn, 'request', 'user-input');
    }
    if (!keys.has('method') || !(keys.has('path') || keys.has('url'))) return;
    this.keyed(node, 'handler', scope, 'request');
    for (const options of ['options', 'config']) {
      const inner = valueOf(node, options);
      if (inner) this.keyed(inner, 'handler', scope, 'request');
    }
  }

  /** `Query: { user: (parent, args) => … }` */
  private property(node: Extract<Node, { type: 'ObjectProperty' }>, scope: Scope): void {
    const key = keyName(node.key, node.computed);
    if (key !== undefined && resolverTypes.test(key)) this.members(node.value, scope, 2, undefined, 'user-input');
  }

  private declared({ node, scope }: Place): void {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier' || !node.init) return;
    const { name, typeAnnotation } = node.id;
    const reference = typeAnnotation?.type === 'TSTypeAnnotation' ? typeAnnotation.typeAnnotation : undefined;
    const type = reference?.type === 'TSTypeReference' && reference.typeName.type === 'Identifier' ? reference.typeName.name : undefined;
    const fn = this.functionOf(node.init, scope);
    if (fn && type) {
      if (lambdaTypes.test(type) || (type === 'Handler' && /handler|main/i.test(name))) this.add(fn, 'event');
      else if (contextTypes.test(type) || (type === 'RequestHandler' && fn.params.length === 1)) this.add(fn, 'context');
      else if (/^(?:RequestHandler|NextApiHandler)$/.test(type)) this.add(fn, 'request');
    }
    if (fn && /^(?:getServerSideProps|loader|action)$/.test(name) && fn.params.length === 1) this.add(fn, 'context');
    if (fn && /^(?:GET|POST|PUT|PATCH|DELETE)$/.test(name)) this.add(fn, isPattern(fn.params[0]) ? 'context' : 'request', 'context');
    if (name === 'actions' || type === 'Actions') this.members(node.init, scope, 1, 'context');
  }

  /** Functions that say what they are: server actions, pages, gateways. */
  private byItself(fn: FunctionNode): void {
    const all = fn.params.map(() => 'user-input' as const);
    const parent = this.scopes.parents.get(fn);
    if (fn.body.type === 'BlockStatement' && fn.body.directives?.some(isServer)) this.add(fn, ...all);
    else if (fn.type === 'FunctionDeclaration' && fn.async && isExport(parent) && this.serverFile()) this.add(fn, ...all);
    else if (parent?.type === 'ExportDefaultDeclaration' && fn.type === 'FunctionDeclaration' && isPageProps(fn.params[0]))
      this.add(fn, 'page');
    else if (fn.type === 'FunctionDeclaration' && fn.id?.name === 'generateMetadata') this.add(fn, 'page');
    else if (fn.type === 'ClassMethod' && fn.decorators?.some((one) => decoratorName(one) === 'SubscribeMessage')) {
      this.add(fn, ...fn.params.map((_, i) => (i === Math.min(1, fn.params.length - 1) ? ('user-object' as const) : undefined)));
    }
  }

  private serverFile(): boolean {
    for (const node of this.scopes.inside.keys()) return node.type === 'Program' && node.directives.some(isServer);
    return false;
  }

  private rootValue(options: Node, scope: Scope): void {
    const value = valueOf(options, 'rootValue');
    if (!value) return;
    const made = unwrap(value);
    const object = settledInit(made, scope)?.node ?? made;
    if (object.type === 'ObjectExpression') this.members(object, scope, 1, 'user-input');
    const of = object.type === 'NewExpression' ? classOf(object.callee, scope) : undefined;
    for (const fn of of ? (this.scopes.methods.get(of)?.values() ?? []) : []) this.add(fn, 'user-input');
  }

  private keyed(object: Node, key: string, scope: Scope, ...handed: Handed): void {
    const value = valueOf(object, key);
    if (value) this.add(isFunction(value) ? value : this.functionOf(value, scope), ...handed);
  }

  /** The functions of an object that take so many parameters at least. */
  private members(object: Node, scope: Scope, least: number, ...handed: Handed): void {
    const node = settledInit(unwrap(object), scope)?.node ?? unwrap(object);
    if (node.type !== 'ObjectExpression') return;
    for (const property of node.properties) {
      if (property.type === 'SpreadElement') continue;
      const fn = property.type === 'ObjectMethod' ? property : this.functionOf(property.value, scope);
      if (fn && fn.params.length >= least) this.add(fn, ...handed);
    }
  }

  private functionOf(node: Node, scope: Scope): FunctionNode | undefined {
    return functionOf(node, scope, this.scopes);
  }
}

const nameOf = (param: Node | undefined): string | undefined => (param?.type === 'Identifier' ? param.name : undefined);
const isPattern = (param: Node | undefined): boolean => param?.type === 'ObjectPattern';
const isServer = (directive: { readonly value: { readonly value: string } }): boolean => directive.value.value === 'use server';
const isExport = (node: Node | undefined): boolean => node?.type === 'ExportNamedDeclaration' || node?.type === 'ExportDefaultDeclaration';

/** `function Page({ searchParams, params })` */
const isPageProps = (param: Node | undefined): boolean =>
  param?.type === 'ObjectPattern' &&
  param.properties.some((p) => p.type === 'ObjectProperty' && /^(?:searchParams|params)$/.test(keyName(p.key, p.computed) ?? ''));

function decoratorName({ expression }: Extract<Node, { type: 'Decorator' }>): string | undefined {
  return lastName(expression.type === 'CallExpression' ? expression.callee : expression);
}

/** `router.route('/users').get(…)`, with other methods in between. */
function isRoute(node: Node): boolean {
  for (let at = unwrap(node), i = 0; isCall(at) && isMember(at.callee) && i < 20; at = unwrap(at.callee.object), i++) {
    if (lastName(at.callee) === 'route') return true;
  }
  return false;
}

/** `t.procedure.input(z.string()).mutation(…)` */
function hasInput(node: Node): boolean {
  for (let at = unwrap(node), i = 0; i < 20; i++) {
    if (isCall(at) && lastName(at.callee) === 'input') return true;
    if (isCall(at)) at = unwrap(at.callee);
    else if (isMember(at)) at = unwrap(at.object);
    else return false;
  }
  return false;
}

function valueOf(object: Node, key: string): Node | undefined {
  if (object.type !== 'ObjectExpression') return undefined;
  for (const property of object.properties) {
    if (property.type === 'SpreadElement' || keyName(property.key, property.computed) !== key) continue;
    return property.type === 'ObjectMethod' ? property : property.value;
  }
  return undefined;
}
