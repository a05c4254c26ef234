import { isJsonType } from '../../../../shared/mediaType.ts';
import type {
  ApiBody,
  ApiOperation,
  ApiOperationDetails,
  ApiParameter,
  FieldEncoding,
} from '../../../../domain/api.ts';
import { ModalError } from '../../../../domain/errors.ts';
import type { Schema } from '../../../../shared/schema/schema.ts';
import { isSchema, listOf, schemasIn, textOf } from '../../../../shared/schema/schema.ts';
import { isFilePart, membersOf } from '../../../../domain/operationDraft.ts';
import { losesValue, parseKeepingNumbers } from '../keepNumbers.ts';
import { closeSchema, lookUp } from './closeSchema.ts';
import { serverPath } from './serverPath.ts';

/** An OpenAPI 3 document, read no further than is asked for: most operations are never opened. */
export interface ApiDocument {
  readonly title: string;
  /** The first ones: thousands in a list help nobody. */
  readonly operations: readonly ApiOperation[];
  /** How many there are beside them. */
  readonly leftOut: number;
  /** @returns undefined for an operation that the document does not have */
  details(id: string): ApiOperationDetails | undefined;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const mostOperations = 2000;

/**
 * @param text of `/openapi.json`
 * @param endpointUrl whose description it is: an address of the same server is a path of it
 * @throws kind `invalid` that says what the text is instead
 */
export function readApiDocument(text: string, endpointUrl = ''): ApiDocument {
  const document = parse(text);
  if (document['swagger'] !== undefined)
    throw invalid('The API description is Swagger (OpenAPI 2); OpenAPI 3.0 or 3.1 is needed.');
  const version = document['openapi'];
  if (typeof version !== 'string') throw invalid('/openapi.json is JSON but not an OpenAPI description.');
  if (!/^3\.[012]\b/.test(version))
    throw invalid(`The API description is OpenAPI ${version}; 3.0 or 3.1 is needed.`);
  if (!isSchema(document['paths'])) throw invalid('The API description has no paths.');
  const all = operationsOf(document, endpointUrl);
  const found = all.slice(0, mostOperations);
  return {
    title: isSchema(document['info']) ? textOf(document['info']['title']) : '',
    operations: found.map(({ operation }) => operation),
    leftOut: all.length - found.length,
    details: (id) => {
      const entry = found.find(({ operation }) => operation.id === id);
      return entry && detailsOf(entry, document);
    },
  };
}

interface Found {
  readonly operation: ApiOperation;
  readonly source: Schema;
  /** Parameters that all operations of a path share. */
  readonly shared: readonly unknown[];
  readonly note: string;
}

function parse(text: string): Schema {
  let value: unknown;
  try {
    value = parseKeepingNumbers(text, losesValue);
  } catch (error) {
    const what = /^\s*</.test(text) ? 'a web page' : 'not valid JSON';
    throw new ModalError('invalid', `/openapi.json is ${what}.`, { cause: error });
  }
  if (!isSchema(value)) throw invalid('/openapi.json is JSON but not an OpenAPI description.');
  return value;
}

function invalid(message: string): ModalError {
  return new ModalError('invalid', message);
}

function operationsOf(document: Schema, endpointUrl: string): Found[] {
  const found: Found[] = [];
  for (const [path, value] of schemasIn(document['paths'])) {
    const item = follow(value, document);
    for (const method of methods) {
      const source = item[method];
      if (!isSchema(source) || !path.startsWith('/')) continue;
      const servers = [source, item, document]
        .map((each) => listOf(each['servers']))
        .find((each) => each.length > 0);
      const { prefix, note } = serverPath(servers ?? [], endpointUrl);
      const operation = operationOf(method.toUpperCase(), `${prefix}${path}`, source);
      found.push({ operation, source, shared: listOf(item['parameters']), note });
    }
  }
  return found;
}

function operationOf(method: string, path: string, source: Schema): ApiOperation {
  const [tag] = listOf(source['tags']);
  return {
    id: `${method} ${path}`,
    method,
    path,
    title: textOf(source['summary']) || textOf(source['operationId']),
    tag: textOf(tag),
    deprecated: source['deprecated'] === true,
  };
}

function detailsOf({ operation, source, shared, note }: Found, document: Schema): ApiOperationDetails {
  const own = listOf(source['parameters']).map((each) => parameterOf(each, document));
  const all = [...shared.map((each) => parameterOf(each, document)), ...own].flatMap((each) => each ?? []);
  const parameters = new Map(all.map((each) => [`${each.in} ${each.name}`, each]));
  const body = follow(source['requestBody'], document);
  return {
    ...operation,
    description: textOf(source['description']),
    note,
    parameters: [...parameters.values()],
    bodies: schemasIn(body['content'])
      .map(([type, media]) => sendable(bodyOf(type, media, document)))
      .sort((a, b) => rank(a.type) - rank(b.type)),
    bodyRequired: body['required'] === true,
  };
}

const places = ['path', 'query', 'header', 'cookie'] as const;

function parameterOf(value: unknown, document: Schema): ApiParameter | undefined {
  const source = follow(value, document);
  const place = places.find((each) => each === source['in']);
  const name = textOf(source['name']);
  if (name === '' || !place) return undefined;
  const [media] = schemasIn(source['content']);
  const described = source['schema'] ?? (isSchema(media?.[1]) ? media[1]['schema'] : undefined);
  const { schema } = closeSchema(described, document);
  const example =
    exampleOf(source, document) ?? (isSchema(media?.[1]) ? exampleOf(media[1], document) : undefined);
  const style = textOf(source['style']) || (place === 'query' || place === 'cookie' ? 'form' : 'simple');
  return {
    name,
    in: place,
    required: place === 'path' || source['required'] === true,
    description: textOf(source['description']) || textOf(schema['description']),
    style: media && isJsonType(media[0]) ? 'json' : style,
    explode: typeof source['explode'] === 'boolean' ? source['explode'] : style === 'form',
    schema: example === undefined ? schema : { ...schema, example },
  };
}

function bodyOf(type: string, value: unknown, document: Schema): ApiBody {
  const media = follow(value, document);
  const example = exampleOf(media, document);
  const encoding = schemasIn(media['encoding']).flatMap(([name, each]) =>
    encodingOf(name, follow(each, document)),
  );
  return {
    type: type.split(';')[0]?.trim().toLowerCase() ?? type,
    ...closeSchema(media['schema'], document),
    ...(example === undefined ? {} : { example }),
    ...(encoding.length === 0 ? {} : { encoding }),
  };
}

function encodingOf(name: string, source: Schema): FieldEncoding {
  const style = textOf(source['style']);
  const explode = typeof source['explode'] === 'boolean' ? source['explode'] : style === 'form';
  return { name, type: textOf(source['contentType']), style, explode };
}

/** FastAPI describes a model with a file as a URL-encoded form, which cannot carry one; it takes parts as well. */
function sendable(body: ApiBody): ApiBody {
  if (body.type !== 'application/x-www-form-urlencoded') return body;
  const hasFile = membersOf(body.schema).some(([name, member]) => isFilePart(name, member, body.schema));
  return hasFile ? { ...body, type: 'multipart/form-data' } : body;
}

function exampleOf(source: Schema, document: Schema): unknown {
  if (source['example'] !== undefined) return source['example'];
  const values = schemasIn(source['examples']).map(([, each]) => follow(each, document)['value']);
  return values.find((value) => value !== undefined);
}

/** JSON is what a form edits best. */
function rank(type: string): number {
  if (isJsonType(type)) return 0;
  if (type === 'multipart/form-data') return 1;
  return type === 'application/x-www-form-urlencoded' ? 2 : 3;
}

function follow(value: unknown, document: Schema): Schema {
  let at = value;
  for (let hops = 0; hops < 10 && isSchema(at) && typeof at['$ref'] === 'string'; hops++)
    at = lookUp(at['$ref'], document);
  return isSchema(at) ? at : {};
}
