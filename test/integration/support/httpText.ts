import fc from 'fast-check';

/** Requests as people write them, with comments wherever all clients leave them out. */

const comment = fc.constantFrom('# c', '// c', '  # c', '  // c', '//c', '# @no-log');
const comments = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  fc.array(comment, { maxLength: 2 }),
);
const join = (...parts: fc.Arbitrary<string[]>[]) => fc.tuple(...parts).map((lines) => lines.flat());
const lines = (...texts: string[]) => fc.constant(texts);

const value = fc.constantFrom('2', 'x y', '{{word}}', 'http://h/x', 'é', 'a:b', '%20', 'a=b');
const query = fc
  .tuple(fc.constantFrom('', '  ', '\t'), fc.array(fc.tuple(comments, value), { maxLength: 3 }))
  .map(([indent, more]): string[] => [
    `${indent}?a=1`,
    ...more.flatMap(([before, text]) => [...before, `${indent}&b=${text}`]),
  ]);
const first = fc
  .tuple(
    fc.constantFrom('GET ', 'POST ', 'PUT\t', 'PATCH  ', ''),
    fc.constantFrom('/', '/a', '/a b', '/é', '/{{word}}', '//h', '/a/../b'),
  )
  .chain(([method, path]) =>
    fc.oneof(
      fc.constant<string[]>([`${method}{{base}}${path} HTTP/1.1`]),
      query.map((more): string[] => [`${method}{{base}}${path}`, ...more]),
    ),
  );
const header = fc
  .tuple(
    fc.constantFrom('X-A', 'X-B', 'x-c', 'X-D'),
    fc.constantFrom(': ', ':', ' : '),
    fc.constantFrom('1', 'a b', '{{word}}', '"q"', 'a:b', 'http://h//x', '# x', '//y'),
  )
  .map((pieces) => pieces.join(''));
const headers = fc
  .array(fc.tuple(comments, header), { maxLength: 3 })
  .map((each) => each.flatMap(([before, line]) => [...before, line]));

const ofType = (type: string, ...body: fc.Arbitrary<string[]>[]) =>
  join(lines(`Content-Type: ${type}`), comments, lines(''), comments, ...body);

const json = ofType(
  'application/json',
  join(lines('{'), comments, lines('  "a": "# x // y",', ''), comments, lines('  "b": "{{word}}"', '}')),
);
const form = ofType(
  'application/x-www-form-urlencoded',
  join(lines('a=1'), comments, lines('&b=x y'), comments, lines('&c={{word}}%20é')),
);
const text = ofType(
  'text/plain; charset=utf-8',
  join(lines('one  ', ''), comments, lines('  two', 'three <b>', '<x y="z">', '> of two words')),
);
const file = ofType('text/plain', fc.constantFrom(['< ./files/line.txt'], ['<@ ./files/line.txt']));
const part = fc.oneof(
  lines('Content-Disposition: form-data; name="t"', '', 'v {{word}}'),
  lines('Content-Disposition: form-data; name="u"', 'Content-Type: application/json', '', '{', '}'),
  lines(
    'Content-Disposition: form-data; name="f"; filename="x.txt"',
    'Content-Type: text/plain',
    '',
    '< ./files/line.txt',
  ),
);
const parts = ofType(
  'multipart/form-data; boundary=BB',
  fc
    .array(join(lines('--BB'), comments, part, comments), { minLength: 1, maxLength: 3 })
    .map((each) => each.flat()),
  lines('--BB--'),
);

const end = join(comments, fc.array(fc.constant(''), { maxLength: 2 }));

/** One request, without its `###`. */
export const requestLines: fc.Arbitrary<readonly string[]> = join(
  comments,
  first,
  headers,
  fc.oneof(lines(), json, form, text, file, parts),
  end,
);
