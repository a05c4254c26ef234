/** Bodies as the frameworks document them; those that are installed are asked in `realAnswers.test.ts`. */
import { describe, expect, it } from 'vitest';
import { explainResult } from '../../../src/features/requests/core/explain.ts';
import { errorReason } from '../../../src/features/requests/core/errorReason.ts';
import { httpResult } from '../support/httpResult.ts';

const problem = { type: 'https://example.com/probs/out-of-credit', instance: '/account/12345/msgs/abc' };
const spring = { timestamp: '2026-01-01T00:00:00Z', status: 400, path: '/api' };

describe("the server's own reason", () => {
  it.each<[string, object, string]>([
    [
      'TGI',
      { error: 'Input validation error: `inputs` must have less', error_type: 'validation' },
      'Input validation error: `inputs` must have less',
    ],
    ['TEI', { error: 'Model is overloaded', error_type: 'overloaded' }, 'Model is overloaded'],
    [
      'OpenAI',
      {
        error: {
          message: 'The model `x` does not exist',
          type: 'invalid_request_error',
          param: null,
          code: 'model_not_found',
        },
      },
      'The model `x` does not exist',
    ],
    [
      'OpenAI with a field',
      { error: { message: 'Must be one or more.', param: 'n', code: null } },
      'n: Must be one or more.',
    ],
    [
      'a field that the message names',
      { error: { message: 'The field texts is too long.', param: 'texts' } },
      'The field texts is too long.',
    ],
    [
      'LiteLLM',
      { error: { message: 'litellm.BadRequestError: no', type: null, param: 'None', code: '400' } },
      'litellm.BadRequestError: no',
    ],
    [
      'older vLLM',
      {
        object: 'error',
        message: 'max_tokens must be at least 1',
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
      'max_tokens must be at least 1',
    ],
    [
      'Anthropic',
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'max_tokens: Field required' },
        request_id: 'r',
      },
      'max_tokens: Field required',
    ],
    ['Triton, KServe, BentoML, Ollama', { error: 'failed to load model' }, 'failed to load model'],
    [
      'RFC 9457',
      { ...problem, title: 'You do not have enough credit.', detail: 'Your balance is 30.' },
      'You do not have enough credit: Your balance is 30.',
    ],
    [
      'RFC 9457, title alone',
      { ...problem, title: 'You do not have enough credit.' },
      'You do not have enough credit.',
    ],
    [
      'RFC 9457, mistakes',
      {
        title: 'Your request is not valid.',
        errors: [
          { detail: 'must be positive', pointer: '#/age' },
          { detail: 'must be green', pointer: '#/profile/color' },
        ],
      },
      'Your request is not valid: age: must be positive; profile.color: must be green',
    ],
    [
      'JSON:API',
      {
        errors: [
          { status: '422', source: { pointer: '/data/attributes/firstName' }, detail: 'Too short.' },
          { source: { parameter: 'include' }, title: 'Invalid' },
        ],
      },
      'attributes.firstName: Too short; include: Invalid',
    ],
    [
      'ASP.NET',
      {
        title: 'One or more validation errors occurred.',
        status: 400,
        errors: { Name: ['The Name field is required.'], 'Address.Zip': ['Bad.'] },
      },
      'One or more validation errors occurred: Name: The Name field is required; Address.Zip: Bad.',
    ],
    [
      'Spring',
      {
        ...spring,
        error: 'Bad Request',
        message: 'Validation failed',
        errors: [{ field: 'name', defaultMessage: 'must not be blank' }],
      },
      'Validation failed: name: must not be blank',
    ],
    ['Spring, plain', { ...spring, error: 'Not Found' }, 'Not Found'],
    [
      'NestJS',
      { statusCode: 400, message: ['name must be a string', 'age must be a number'], error: 'Bad Request' },
      'Bad Request: name must be a string; age must be a number',
    ],
    [
      'Django REST',
      { name: ['This field is required.'], non_field_errors: ['Bad pair.'] },
      'name: This field is required; Bad pair.',
    ],
    [
      'webargs',
      { errors: { json: { name: ['Missing data for required field.'] } } },
      'name: Missing data for required field.',
    ],
    [
      'express-validator',
      { errors: [{ type: 'field', msg: 'Invalid value', path: 'email', location: 'body' }] },
      'email: Invalid value',
    ],
    [
      'Zod',
      {
        success: false,
        error: {
          issues: [{ code: 'invalid_type', path: ['user', 0], message: 'Required' }],
          name: 'ZodError',
        },
      },
      'user[0]: Required',
    ],
    [
      'Ajv',
      { errors: [{ instancePath: '/items/0', keyword: 'type', message: 'must be string' }] },
      'items[0]: must be string',
    ],
    [
      'GraphQL',
      {
        errors: [
          { message: 'Not allowed', path: ['user', 'email'] },
          { message: 'Gone', locations: [{ line: 1 }] },
        ],
      },
      'user.email: Not allowed; Gone',
    ],
    [
      'OAuth',
      { error: 'invalid_request', error_description: 'The code has expired.' },
      'The code has expired.',
    ],
    [
      'Google',
      {
        error: {
          code: 400,
          message: 'Invalid value',
          details: [{ fieldViolations: [{ field: 'size', description: 'must be > 0' }] }],
        },
      },
      'Invalid value: size: must be > 0',
    ],
    ['AWS', { errorMessage: 'Task timed out', errorType: 'Timeout' }, 'Task timed out'],
    [
      'Flask in JSON',
      { code: 400, name: 'Bad Request', description: 'The field is missing.' },
      'The field is missing.',
    ],
    [
      'Litestar',
      {
        status_code: 400,
        detail: 'Validation failed for POST /',
        extra: [{ message: 'Expected `int`', key: 'n', source: 'body' }],
      },
      'Validation failed for POST /: n: Expected `int`',
    ],
    [
      'pydantic at the top',
      [{ type: 'missing', loc: ['a', 'b'], msg: 'Field required' }],
      'a.b: Field required',
    ],
    ['nothing', { status: 'error', code: 7 }, ''],
    ['blanks', { message: '  ' }, ''],
    ['names of every object', JSON.parse('{"__proto__": {"message": "x"}, "constructor": 1}') as object, ''],
  ])('%s', (_name, body, reason) => {
    expect(errorReason(JSON.stringify(body))).toBe(reason);
  });

  it.each([
    [
      'nginx',
      '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>',
      '502 Bad Gateway',
    ],
    [
      'Cloudflare',
      '<!DOCTYPE html>\n<!--[if lt IE 7]> <html class="no-js"> <![endif]-->\n<head>\n<title>x.run | 522: Connection timed out</title>',
      'x.run | 522: Connection timed out',
    ],
    [
      'a page',
      '<!doctype html><title>Gone &amp; away</title><h1>Gone</h1><p class="a">It&#39;s &lt;moved&gt;.</p>',
      "Gone & away: It's <moved>.",
    ],
    [
      'S3',
      '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>',
      'The key does not exist.',
    ],
    [
      'Ray Serve',
      'Unexpected error, traceback: Traceback (most recent call last):\n  File "a.py", line 1\nValueError: no such model\n',
      'ValueError: no such model',
    ],
    ['text', '  upstream connect error \n\n or disconnect ', 'upstream connect error or disconnect'],
    ['control characters', '{"detail": "a\\u001b[31mb\\u202ec\\nd"}', 'a [31mb c d'],
    ['JSON that is none', '{"detail": ', '{"detail":'],
    ['a very long text', 'x'.repeat(5000), ''],
    ['nothing', ' \n', ''],
  ])('%s', (_name, body, reason) => {
    expect(errorReason(body)).toBe(reason);
  });

  it('is cut to a sensible length, and many mistakes are counted', () => {
    expect(errorReason(JSON.stringify({ message: 'x'.repeat(100_000) })).length).toBeLessThanOrEqual(400);
    const many = Array.from({ length: 10_000 }, (_, at) => ({ loc: ['body', at], msg: 'bad' }));
    expect(errorReason(JSON.stringify({ detail: many }))).toBe('[0]: bad; [1]: bad; [2]: bad; and 9997 more');
    const deep = `${'{"error":'.repeat(50_000)}"x"${'}'.repeat(50_000)}`;
    expect(errorReason(deep)).toBe('');
  });
});

describe('what is said of a refusal', () => {
  const explain = (status: number, body: string, headers = {}, url = '') =>
    explainResult(httpResult(body, { status, headers }), url)?.text;

  it('does not take a missing model for a missing route, nor a server behind the app for the app', () => {
    expect(explain(404, '{"error": {"message": "The model `x` does not exist."}}')).toBe(
      "The app couldn't find what was requested. The model `x` does not exist.",
    );
    expect(explain(404, '{"detail":"Not Found"}')).toBe('The app has no such route.');
    expect(explain(502, '{"error": "upstream failed"}')).toMatch(/upstream server\. upstream failed/);
    expect(explain(403, '{"detail": "CSRF failed"}')).toMatch(/doesn't allow this.*CSRF failed/);
  });

  it.each([
    [
      'https://a.modal.run/items',
      'http://a.modal.run/items/',
      /without TLS.*unencrypted\. The route ends with a slash\. Use the path \/items\/ instead/,
    ],
    ['https://a.modal.run/items?q=1', 'http://a.modal.run/items/?q=1', /Use the path \/items\/ instead/],
    [
      'https://a.modal.run/old',
      'http://a.modal.run/new?x=1',
      /Use the path \/new\?x=1 of https:\/\/a\.modal\.run instead/,
    ],
    ['https://a.modal.run/x', 'http://a.modal.run:8000/x/', /without TLS.*Use the path \/x\/ instead/],
  ])('never sends the key over http: %s to %s', (url, location, words) => {
    const text = explain(307, '', { location }, url)!;
    expect(text).toMatch(words);
    expect(text).not.toMatch(/send a request to that URL/);
  });

  it('leaves other servers to the user', () => {
    const text = explain(302, '', { location: 'https://b.example/login' }, 'https://a.modal.run/x');
    expect(text).toMatch(
      /redirects to https:\/\/b\.example, which wasn't followed because your key would be sent there too/,
    );
  });
});
