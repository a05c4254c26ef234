import type { SyntaxNode } from '@lezer/common';
import type { Argument } from '../../../workspace/core/index.ts';
import type { ModalFile } from '../modalFile.ts';
import type { PythonFile } from '../pythonFile.ts';
import type { DecoratedDefinition } from '../rules/decorated.ts';
import { decoratedDefinitions } from '../rules/decorated.ts';
import type { ReadImage } from './readImage.ts';
import { readImage } from './readImage.ts';

/** A function or class that runs in containers. */
export interface Unit {
  readonly name: string;
  readonly definition: SyntaxNode;
  /** The variable that holds its image, where one does. */
  readonly variable?: string;
  /** `default` where neither it nor its app names one; undefined = the text does not tell. */
  readonly image: ReadImage | 'default' | undefined;
  /** The call that makes its app, where that is in this file. */
  readonly app?: SyntaxNode;
  /** Arguments of its decorator. */
  readonly args: readonly Argument[];
}

const registering = new Set(['app.function', 'app.cls', 'app.server']);

/** What the file registers by decorators. */
export function unitsOf(modal: ModalFile): Unit[] {
  return decoratedDefinitions(modal).flatMap((each) => unitOf(each, modal.file) ?? []);
}

function unitOf({ definition, decorators, inside }: DecoratedDefinition, file: PythonFile): Unit | undefined {
  const decorator = decorators.find(({ target }) => registering.has(target));
  const named = definition.getChild('VariableName');
  if (!decorator || !named || inside !== 'module') return undefined;
  const { args } = decorator;
  const app = appOf(decorator.node, file);
  return {
    ...{ definition, args, name: file.source.textOf(named) },
    ...imageOf(args, app && file.source.argumentsOf(app.lastChild), file),
    ...(app ? { app } : {}),
  };
}

function imageOf(
  args: readonly Argument[],
  ofApp: readonly Argument[] | undefined,
  file: PythonFile,
): Pick<Unit, 'image' | 'variable'> {
  if (args.some(({ unpacked }) => unpacked)) return { image: undefined };
  const own = imageArgument(args, file) ?? (ofApp && imageArgument(ofApp, file));
  if (!own) {
    const isKnown = ofApp?.every(({ unpacked }) => !unpacked) ?? false;
    return { image: isKnown ? 'default' : undefined };
  }
  const isVariable = own.name === 'VariableName';
  return { image: readImage(own, file), ...(isVariable ? { variable: file.source.textOf(own) } : {}) };
}

function imageArgument(args: readonly Argument[], file: PythonFile): SyntaxNode | undefined {
  const value = args.find(({ name }) => name === 'image')?.value;
  return value && file.source.textOf(value) !== 'None' ? value : undefined;
}

/** The `modal.App(…)` of `@app.function()`. */
function appOf(decorator: SyntaxNode, file: PythonFile): SyntaxNode | undefined {
  const variable = decorator.getChild('VariableName');
  const made = variable && file.constant(file.source.textOf(variable));
  return made?.name === 'CallExpression' && file.kindOf(made) === 'app' ? made : undefined;
}
