/** Name under which the key of an endpoint is kept: keys belong to a secret of one environment. */
export function endpointKeyName(environment: string, secretName: string): string {
  return `endpointKey/${environment}/${secretName}`;
}
