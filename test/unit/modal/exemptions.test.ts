import { expect, it } from 'vitest';
import { isExempt, isOwnMachine } from '../../../src/modal/network/exemptions.ts';

const exempt = (entry: string, host: string, port = 443) => isExempt([entry], host, port);

it.each<[entry: string, hosts: string[], others: string[]]>([
  ['example.com', ['example.com', 'a.example.com', 'EXAMPLE.com.'], ['badexample.com', 'example.com.evil']],
  ['.example.com', ['example.com', 'a.example.com'], ['badexample.com']],
  ['*.example.com', ['a.example.com', 'a.b.example.com'], ['example.com']],
  ['Example.COM.', ['example.com'], ['example.org']],
  ['*', ['example.com', '10.1.2.3', '[fd00::1]'], []],
  ['10.1.2.3', ['10.1.2.3'], ['10.1.2.4', 'a.10.1.2.3.example']],
  ['10.0.0.0/8', ['10.1.2.3', '10.255.255.255'], ['11.0.0.1', 'example.com']],
  ['10.1.2.3/32', ['10.1.2.3'], ['10.1.2.4']],
  ['0.0.0.0/0', ['8.8.8.8'], ['[fd00::1]']],
  ['10.0.0.0/33', [], ['10.0.0.0', '10.1.2.3']],
  ['10.0.0.0/x', [], ['10.0.0.0', '10.1.2.3']],
  ['fd00::1', ['[fd00::1]', '[FD00:0::1]'], ['[fd00::2]', '10.1.2.3']],
  ['[fd00::1]', ['[fd00::1]'], ['[fd00::2]']],
  ['fd00::/8', ['[fd12::1]'], ['[fe80::1]']],
  ['fd00::/129', [], ['[fd00::]', '[fd00::1]']],
  ['one.test, two.test\tthree.test', ['one.test', 'two.test', 'three.test'], ['four.test']],
  [' , .', [], ['example.com', 'localhost']],
])('without a proxy: %s', (entry, hosts, others) => {
  expect(hosts.filter((host) => !exempt(entry, host))).toEqual([]);
  expect(others.filter((host) => exempt(entry, host))).toEqual([]);
});

it.each(['example.com:8443', '10.1.2.3:8443', '[fd00::1]:8443'])(
  'an entry with a port is for that port: %s',
  (entry) => {
    const host = entry.replace(/:8443$/, '');
    expect(exempt(entry, host, 8443)).toBe(true);
    expect(exempt(entry, host, 443)).toBe(false);
    expect(exempt(entry, 'other.test', 8443)).toBe(false);
  },
);

it('this machine never goes through one', () => {
  const own = ['localhost', 'LOCALHOST.', '127.0.0.1', '127.9.9.9', '[::1]'];
  expect(own.filter((host) => !isOwnMachine(host))).toEqual([]);
  expect(['localhost.test', '128.0.0.1', '[::2]', '0.0.0.0'].filter(isOwnMachine)).toEqual([]);
});
