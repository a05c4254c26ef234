import type { App } from '../../../domain/app.ts';
import type { Rates } from '../../../domain/cost.ts';
import { gpuUsdPerHour } from '../../../domain/cost.ts';
import type {
  Runnable,
  ScriptApp,
  ScriptEntryPoint,
  ScriptFile,
  ScriptFunction,
  ScriptOrigin,
  ScriptProblem,
  ScriptUnit,
  SourcePlace,
} from '../../../domain/script.ts';
import { appReference } from '../../../domain/script.ts';
import { shortAge, spokenAge } from '../../../shared/format.ts';
import type { DeployStatus } from '../../deploy/index.ts';
import type { Row, Rows } from '../../../editor/rows/row.ts';
import { rootRow } from '../../../editor/rows/row.ts';
import { runIcon, runWords } from './runWords.ts';
import type { RunElsewhere, ScriptRun } from './scriptRuns.ts';
import { isLiveRun } from './scriptRuns.ts';
import { formatUsdPerHour } from '../../../domain/priceText.ts';

/** What a row stands for. */
export interface ScriptRowTarget {
  readonly file: ScriptFile;
  /** The file that it stands in; absent = `file`. */
  readonly origin?: ScriptOrigin;
  readonly place: SourcePlace;
  readonly app?: ScriptApp;
  readonly runnable?: Runnable;
  readonly run?: ScriptRun;
}

export interface ScriptRowsInput {
  readonly scripts: readonly ScriptFile[];
  /** Path of a file on disk, by its address. */
  readonly pathOf: (uri: string) => string;
  /** Live apps by name. */
  readonly deployed: ReadonlyMap<string, App>;
  /** Stages of deploys under way, by script reference. */
  readonly deploying: ReadonlyMap<string, DeployStatus>;
  /** Whether `deployed` was read at all. */
  readonly connected: boolean;
  readonly runs: readonly ScriptRun[];
  /** What other windows of the folder serve and run. */
  readonly elsewhere?: readonly RunElsewhere[];
  readonly rates: Rates;
  readonly now: number;
  readonly openCommand: string;
}

export interface ScriptRows {
  readonly rows: Rows;
  readonly targets: ReadonlyMap<string, ScriptRowTarget>;
}

/** One row for each app of the workspace's files, with its functions, classes and entry points below. */
export function buildScriptRows(input: ScriptRowsInput): ScriptRows {
  return new ScriptRowsBuilder(input).build();
}

type RowFacts = Pick<Row, 'id' | 'label' | 'description' | 'icon' | 'context' | 'spoken'> &
  Partial<Pick<Row, 'iconColor' | 'tooltip' | 'collapsible' | 'childIds'>>;

class ScriptRowsBuilder {
  readonly #input: ScriptRowsInput;
  readonly #rows = new Map<string, Row>();
  readonly #targets = new Map<string, ScriptRowTarget>();

  constructor(input: ScriptRowsInput) {
    this.#input = input;
  }

  build(): ScriptRows {
    const top = this.#input.scripts.flatMap((file) => {
      if (file.apps.length > 0) return file.apps.map((app) => this.#appRow(file, app));
      return file.problems[0] ? [this.#problemRow(file, file.problems[0])] : [];
    });
    this.#rows.set('', rootRow(top));
    return { rows: this.#rows, targets: this.#targets };
  }

  #appRow(file: ScriptFile, app: ScriptApp): string {
    const { deployed, deploying, now } = this.#input;
    const script = this.#input.pathOf(file.uri);
    const id = `script/${file.uri}::${app.variable}`;
    const [problem] = file.problems;
    const serve = this.#latest(script, app.variable, '');
    const live = app.name === undefined ? undefined : deployed.get(app.name);
    const stage = (deploying.get(appReference(script, app, true)) ?? deploying.get(script))?.text;
    const problemWords = problem ? `syntax error on line ${problem.line}` : '';
    const serving = serve && isLiveRun(serve);
    const states = (age: (since: number | undefined, now: number) => string) => [
      problemWords,
      stage ? `deploying: ${stage}` : live ? `deployed ${age(live.deployedAt ?? live.createdAt, now)}` : '',
      serve ? runWords(serve) : '',
      serving ? '' : this.#elsewhere(script, app.variable, ''),
    ];
    const children = [
      ...(serve ? [this.#serveRow(id, file, app, serve)] : []),
      ...app.entryPoints.map((entry) => this.#entryRow(id, file, app, entry, script)),
      ...app.units.map((unit) => this.#unitRow(id, file, app, unit, script)),
    ];
    const label = app.name ?? app.variable;
    const gpus = gpuSummary(app.units);
    const places = [
      app.importedFrom ? `app from ${app.importedFrom}` : '',
      file.label,
      otherFiles(app),
    ].filter(Boolean);
    const look = problem
      ? { icon: 'warning', iconColor: 'problemsWarningIcon.foreground' }
      : stage
        ? { icon: 'loading~spin' }
        : serving
          ? runIcon(serve)
          : { icon: 'file-code', ...(live ? { iconColor: 'charts.green' } : {}) };
    this.#add(
      '',
      { file, app, place: problem ?? app },
      {
        id,
        label,
        description: [...states(shortAge), ...places, gpus].filter(Boolean).join(' · '),
        ...look,
        context: [
          app.unreachable ? 'scriptReplaced' : 'scriptApp',
          stage && 'deploying',
          live && 'deployed',
          serving && 'serving',
        ]
          .filter(Boolean)
          .join(' '),
        spoken: [
          `Script app ${label} in ${places.join(', ')}`,
          gpus && `GPU ${gpus}`,
          ...states(spokenAge),
          live || stage || !this.#input.connected ? '' : 'not deployed',
        ]
          .filter(Boolean)
          .join(', '),
        tooltip: () =>
          [
            `${file.label}, line ${app.line}`,
            app.name === undefined && !app.importedFrom ? 'The name is known only when the code runs.' : '',
            app.unreachable
              ? `The variable ${app.variable} is reassigned later, so this app can't be deployed.`
              : '',
            app.importedFrom
              ? `The app is created in ${app.importedFrom}, which isn't in the workspace.`
              : '',
            ...deployWords(app, file),
            app.unread || app.includes ? "Some of its functions couldn't be read." : '',
            ...(problem ? [`Line ${problem.line}: ${problem.message}`] : []),
          ].filter(Boolean),
        collapsible: children.length > 0 ? 'collapsed' : 'none',
        childIds: children,
      },
    );
    return id;
  }

  #serveRow(parent: string, file: ScriptFile, app: ScriptApp, run: ScriptRun): string {
    const id = `${parent}/serve`;
    const words = runWords(run);
    const live = isLiveRun(run);
    this.#add(
      parent,
      { file, app, run, place: app },
      {
        id,
        label: 'Serve',
        description: words.replace(/^serving /, ''),
        ...runIcon(run),
        context: ['scriptServe', live && 'live', live && run.endpoints.length > 0 && 'url']
          .filter(Boolean)
          .join(' '),
        spoken: `Serve of ${app.name ?? app.variable}, ${words}`,
        tooltip: () => [words, ...run.endpoints.map(({ name, url }) => `${name}: ${url}`)],
      },
    );
    return id;
  }

  #entryRow(
    parent: string,
    file: ScriptFile,
    app: ScriptApp,
    entry: ScriptEntryPoint,
    script: string,
  ): string {
    const id = this.#idOf(`${parent}/entry/${entry.name}`);
    const run = this.#latestOf(entry, script, app, entry.name);
    const state = [run ? runWords(run) : '', this.#elsewhere(script, app.variable, entry.name)];
    this.#add(
      parent,
      { file, app, runnable: entry, place: entry, ...originPart(entry) },
      {
        id,
        label: entry.name,
        description: ['local entry point', entry.origin?.label, ...state].filter(Boolean).join(' · '),
        icon: 'terminal',
        ...(run ? runIcon(run) : {}),
        context: runnableContext('scriptEntry', run),
        spoken: ['Local entry point ' + entry.name, ...state].filter(Boolean).join(', '),
        tooltip: () => [signature(entry)],
      },
    );
    return id;
  }

  #unitRow(parent: string, file: ScriptFile, app: ScriptApp, unit: ScriptUnit, script: string): string {
    if (unit.kind === 'class') return this.#classRow(parent, file, app, unit, script);
    const [fn] = unit.functions;
    return fn ? this.#functionRow(parent, file, app, fn, unit, script) : '';
  }

  #classRow(parent: string, file: ScriptFile, app: ScriptApp, unit: ScriptUnit, script: string): string {
    const id = this.#idOf(`${parent}/class/${unit.name}`);
    const server = unit.functions.some(({ web }) => web === 'server');
    const methods = server
      ? []
      : unit.functions.map((fn) => this.#functionRow(id, file, app, fn, unit, script, true));
    const facts = [
      ...unitWords(unit, this.#input.rates),
      server ? 'web server' : '',
      unit.origin?.label,
    ].filter(Boolean);
    this.#add(
      parent,
      { file, app, place: unit, ...originPart(unit) },
      {
        id,
        label: unit.name,
        description: facts.join(' · '),
        icon: 'symbol-class',
        context: `scriptClass ${server ? 'web' : ''}`.trim(),
        spoken: [`Class ${unit.name}`, ...facts].join(', '),
        collapsible: methods.length > 0 ? 'expanded' : 'none',
        childIds: methods,
      },
    );
    return id;
  }

  /** @param isMethod its class says what it runs on */
  #functionRow(
    parent: string,
    file: ScriptFile,
    app: ScriptApp,
    fn: ScriptFunction,
    unit: ScriptUnit,
    script: string,
    isMethod = false,
  ): string {
    const id = this.#idOf(`${parent}/function/${fn.name}`);
    const run = this.#latestOf(unit, script, app, fn.name);
    const canRun = !fn.web && !fn.generator;
    const facts = [
      ...(isMethod ? [] : unitWords(unit, this.#input.rates)),
      fn.web ? 'web endpoint' : '',
      fn.generator ? 'generator' : '',
      isMethod ? '' : unit.origin?.label,
      run ? runWords(run) : '',
      this.#elsewhere(script, app.variable, fn.name),
    ].filter(Boolean);
    const label = isMethod ? (fn.name.split('.').at(-1) ?? fn.name) : fn.name;
    this.#add(
      parent,
      { file, app, place: fn, ...originPart(unit), ...(canRun ? { runnable: fn } : {}) },
      {
        id,
        label,
        description: facts.join(' · '),
        icon: fn.web ? 'globe' : isMethod ? 'symbol-method' : 'symbol-function',
        ...(run ? runIcon(run) : {}),
        context: canRun
          ? runnableContext('scriptFunction', run)
          : `scriptFunction ${fn.web ? 'web' : 'generator'}`,
        spoken: [`${isMethod ? 'Method' : 'Function'} ${fn.name}`, ...facts].join(', '),
        tooltip: () => [signature(fn)],
      },
    );
    return id;
  }

  #problemRow(file: ScriptFile, problem: ScriptProblem): string {
    const id = `script/${file.uri}`;
    this.#add(
      '',
      { file, place: problem },
      {
        id,
        label: file.label,
        description: `syntax error on line ${problem.line}`,
        icon: 'warning',
        iconColor: 'problemsWarningIcon.foreground',
        context: 'scriptProblem',
        spoken: `${file.label}, syntax error on line ${problem.line}: ${problem.message}`,
        tooltip: () => [`Line ${problem.line}: ${problem.message}`],
      },
    );
    return id;
  }

  /** Definitions of one name, e.g. in the branches of an `if`, are told apart. Lines would not do: they move. */
  #idOf(id: string): string {
    return this.#targets.has(id) ? this.#idOf(`${id}/again`) : id;
  }

  /** In another file the app may have another name. */
  #latestOf(
    { origin }: { readonly origin?: ScriptOrigin },
    script: string,
    app: ScriptApp,
    runnable: string,
  ) {
    if (!origin) return this.#latest(script, app.variable, runnable);
    const path = this.#input.pathOf(origin.uri);
    return this.#input.runs.findLast((run) => run.script === path && run.runnable === runnable);
  }

  #latest(script: string, variable: string, runnable: string): ScriptRun | undefined {
    return this.#input.runs.findLast(
      (run) => run.script === script && run.variable === variable && run.runnable === runnable,
    );
  }

  /** '' where no other window serves or runs it */
  #elsewhere(script: string, variable: string, runnable: string): string {
    const found = this.#input.elsewhere?.find(
      (run) => run.script === script && run.variable === variable && run.runnable === runnable,
    );
    return found ? `${found.kind === 'serve' ? 'served' : 'running'} in another window` : '';
  }

  #add(parentId: string, target: ScriptRowTarget, facts: RowFacts): void {
    this.#targets.set(facts.id, target);
    this.#rows.set(facts.id, {
      tooltip: () => [],
      collapsible: 'none',
      childIds: [],
      ...facts,
      parentId,
      kind: 'script',
      command: { id: this.#input.openCommand, title: 'Show in Editor' },
    });
  }
}

function runnableContext(kind: string, run: ScriptRun | undefined): string {
  return `${kind} ${run && isLiveRun(run) ? 'running' : 'runnable'}`;
}

/** GPUs of all functions, each once; '' when none has one. */
function gpuSummary(units: readonly ScriptUnit[]): string {
  const first = units.flatMap(({ gpus }) => gpus?.[0] ?? []);
  return [...new Set(first)].join(', ');
}

function unitWords(
  { gpus, minContainers, unless, keepsUnless, cluster }: ScriptUnit,
  rates: Rates,
): string[] {
  const one = gpus?.[0] === undefined ? undefined : gpuUsdPerHour(gpus[0], rates);
  const usd = one === undefined ? undefined : one * (cluster?.size ?? 1);
  return [
    gpus ? gpus.join(' or ') : 'GPU set by the code',
    unless ? `unless ${unless.join(' or ')} is set` : '',
    cluster ? (cluster.size === undefined ? 'cluster' : `cluster of ${cluster.size}`) : '',
    usd === undefined ? '' : formatUsdPerHour(usd),
    minContainers || keepsUnless ? `keeps ${minContainers ?? 0} running` : '',
    keepsUnless ? `unless ${keepsUnless.join(' or ')} is set` : '',
  ].filter(Boolean);
}

function originPart({ origin }: { readonly origin?: ScriptOrigin }): { readonly origin?: ScriptOrigin } {
  return origin ? { origin } : {};
}

/** The files besides its own that add to an app. */
function otherFiles({ units, entryPoints }: ScriptApp): string {
  const labels = [...new Set([...units, ...entryPoints].flatMap(({ origin }) => origin?.label ?? []))];
  return labels.length > 1
    ? `and ${labels.length} more files`
    : labels.length === 1
      ? `and ${labels[0] ?? ''}`
      : '';
}

/** By which file an app is deployed, where that is another one. */
function deployWords({ deployFiles = [] }: ScriptApp, { uri }: ScriptFile): string[] {
  if (deployFiles.length === 0 || deployFiles.some((file) => file.uri === uri)) return [];
  const labels = deployFiles.map(({ label }) => label);
  return [
    `Deploy ${labels.join(' or ')} instead, which ${labels.length === 1 ? 'has' : 'have'} its functions.`,
  ];
}

/** `main(count: int = 3)` */
function signature({ name, parameters }: Runnable): string {
  const written = parameters.map(({ name: parameter, annotation, defaultValue }) => {
    const stars = /^\*+/.exec(annotation)?.[0] ?? '';
    const type = annotation.slice(stars.length);
    return `${stars}${parameter}${type ? `: ${type}` : ''}${defaultValue === undefined ? '' : ` = ${defaultValue}`}`;
  });
  return `${name}(${written.join(', ')})`;
}
