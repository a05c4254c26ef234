import * as vscode from 'vscode';
import type { NetworkSettings } from '../domain/network.ts';
import { plainNetwork } from '../domain/network.ts';

/** The editor's own network settings. Asked for each request, so that a change counts at once. */
export function networkSettings(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  const text = (key: string) => {
    const value: unknown = http.get(key);
    return typeof value === 'string' ? value.trim() : '';
  };
  const noProxy: unknown = http.get('noProxy');
  return {
    proxy: text('proxy') || plainNetwork.proxy,
    proxyAuthorization: text('proxyAuthorization'),
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === 'string') : [],
    useProxy: text('proxySupport') !== 'off',
    strictSsl: http.get('proxyStrictSSL') !== false,
    systemCertificates: http.get('systemCertificates') !== false,
  };
}
