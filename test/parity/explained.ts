/** Wrong answers that change nothing of what we say, and why that is right. */

export interface Explanation {
  /** Mutations by their names. */
  readonly names: RegExp;
  readonly reason: string;
  /**
   * In other places of the same field it is noticed; a field of which nothing is noticed needs a better reason.
   * Which places are tried depends on what was logged when, so it may explain nothing in one run.
   */
  readonly partly?: boolean;
}

export const explanations: readonly Explanation[] = [
  {
    names: /^lose appGetLayout appLayout\.objects \(/,
    reason:
      'The first, middle and last ones are of functions without an address; that all are lost is noticed.',
  },
  {
    names: /^(?:rekey|lose) appGetLayout .*methodHandleMetadata \((?:one key|a part)/,
    reason: 'A method without an address is not shown.',
    partly: true,
  },
  {
    names: /^(?:lose|drop|change|retype|out of range) appCountLogs buckets/,
    reason: 'An empty bucket may be left out.',
    partly: true,
  },
  {
    names: /^rekey (?:appList apps|taskList tasks|appGetLayout appLayout\.objects|appCountLogs buckets) \(in/,
    reason: 'The order of the list says nothing; what shows it sorts it.',
  },
  {
    names: /^rekey appDeploymentHistory appDeploymentHistories \(in/,
    reason: 'Versions are sorted by their numbers, as the command line sorts them.',
  },
  {
    names: /^drop appList apps\.\*\.metadata(?:\.lifecycle)? /,
    reason: 'A run that was never deployed has no version there.',
    partly: true,
  },
  {
    names: /^(?:drop|retype|out of range|swap|change) appList apps\.\*\.(?:name|description) /,
    reason: 'A deployed app has its name as its description too.',
    partly: true,
  },
  {
    names: /^swap appList apps\.\*\.(?:name \(description|description \(name)\)/,
    reason: 'Whichever of the two is given is the name, and a run has only one of them.',
  },
  {
    names: /^drop appList apps\.\*\.name /,
    reason: 'The description of a deployed app is its name.',
  },
  {
    names: /^(?:drop|change|retype|out of range|swap) (?:secret|volume|dict|queue)List .*\.createdAt /,
    reason: 'It is read only where a page is full, to ask for the next.',
  },
  {
    names: /^rekey (?:secretList items|volumeList items|dictList dicts|queueList queues) \(in/,
    reason: 'The order of the names says nothing; the editor sorts suggestions.',
  },
  {
    names: /^drop taskGetInfo info\.gpuConfig(?:\.gpuType)? /,
    reason: 'The type of a GPU is told twice.',
  },
  {
    names: /^(?:drop|change|retype|out of range) appGetLayout appLayout\.objects/,
    reason: 'Of a function without an address nothing is read there.',
    partly: true,
  },
  {
    names: /^swap appGetInfo functionInfoSummaries\.\*\.requiresProxyAuth \(webFunction\)/,
    reason: 'Of a function without an address neither is read.',
  },
  {
    names: /^(?:drop|change|retype|out of range|swap) appGetLogs entryId /,
    reason: 'Behind a place that was resumed at already, nobody resumes again here.',
    partly: true,
  },
  {
    names: /^(?:drop|change|retype|out of range|swap) appFetchLogs batches\.\*\.entryId /,
    reason: 'Nothing is resumed in the past.',
  },
  {
    names: / app(?:GetLogs|FetchLogs batches\.\*)\.?\s?items\.\*\.timestamp \(/,
    reason: 'The same moment is told in nanoseconds, and this is read only where those are not.',
  },
  {
    names: /^change appGetLogs imageId /,
    reason: 'A batch without entries loses none.',
    partly: true,
  },
  {
    names: /^(?:retype|out of range|swap) app(?:GetLogs|FetchLogs batches\.\*)\.? ?imageId /,
    reason: 'Only the id of an image marks the log of an image.',
  },
  {
    names: /^change appGetLogs items\.\*\.taskState /,
    reason: 'Two states next to each other have the same word.',
    partly: true,
  },
  {
    names:
      /^(?:drop|retype|out of range) app(?:GetLogs|FetchLogs batches\.\*)\.?\s?items\.\*\.fileDescriptor /,
    reason: 'What is of no known stream counts as of the system, as Modal’s own clients have it.',
    partly: true,
  },
  {
    names: /^(?:drop|swap) app(?:GetLogs|FetchLogs batches\.\*)\.?\s?items\.\*\.containerId /,
    reason: 'The container is told twice: of the entry, and of its batch.',
  },
  {
    names: /^(?:retype|out of range|swap) appGetLogs taskId /,
    reason: 'The container is told twice: of the entry, and of its batch.',
  },
  {
    names: /^(?:retype|out of range|swap) appGetLogs (?:rootFunctionId|functionId) /,
    reason: 'Entries of the system are of no function, and of no container.',
    partly: true,
  },
  {
    names:
      /^swap app(?:GetLogs|FetchLogs batches\.\*)\.? ?(?:rootFunctionId \(functionId|functionId \(rootFunctionId)\)/,
    reason: 'They differ only for a class with parameters.',
  },
  {
    names: / ttlDays | batches\.\*\.ttlDays /,
    reason: 'The local Modal does not say for how long it keeps a log, and no official client shows it.',
  },
  {
    names: /^(?:retype|out of range) appFetchLogs batches\.\*\.items\.\*\.taskState /,
    reason: 'A text of the past stays one, whatever state comes with it.',
  },
  {
    names: /^retype appFetchLogs batches\.\*\.appDone /,
    reason: 'Nobody waits for the end of the past.',
  },
  {
    names: /^drop appDeploymentHistory appDeploymentHistories\.\*\.deploymentType /,
    reason: 'Older servers give no kind, and knew one only.',
    partly: true,
  },
  {
    // A map comes in any order, so that what is lost first, in the middle or last is a server now and then.
    names:
      /^(?:(?:drop|change|retype|out of range) appGetLayout appLayout\.functionIds\.\* |lose appGetLayout appLayout\.functionIds \(a part\))/,
    reason: 'Servers are in a list of their own as well.',
    partly: true,
  },
  {
    names: /^(?:rekey|drop|retype|out of range) appGetInfo info\.servers/,
    reason: 'A server is told by its name and by its id, and stands among the functions too.',
  },
  {
    names: /^(?:drop|change|retype|out of range|swap) endpointList items\.\*\.(?:endpointId|status|metadata)/,
    reason: 'One that was stopped is not shown.',
    partly: true,
  },
  {
    names: /^lose endpointList items \(a part/,
    reason: 'One that was stopped is not shown.',
    partly: true,
  },
  {
    names: /^(?:drop|change|retype|out of range) endpointList items\.\*\.updatedAt /,
    reason: 'It only tells when to read an endpoint again.',
  },
  {
    names: /^(?:drop|retype|out of range) endpointList items\.\*\.appState /,
    reason: 'Whether it was stopped is all that is read there, and its status tells that, too.',
  },
  {
    names: /^swap endpointList items\.\*\.appState \(provisioningStatus/,
    reason: 'Some numbers of the other are those of states that are shown.',
    partly: true,
  },
  {
    names: /^(?:change|retype|out of range) sandboxTerminate(?:V2)? existingResult\.status /,
    reason: 'However it had ended, it had ended before.',
  },
  {
    names: /^(?:retype|out of range) sandboxListV2 sandboxes\.\*\.taskInfo\.finishedAt /,
    reason: 'The list is of those that run, so that a moment that cannot be read counts as none.',
  },
  {
    names: /^drop sandboxListV2 sandboxes\.\*\.taskInfo\.gpuConfig\.gpuType /,
    reason: 'The type of a GPU is told twice.',
  },
  {
    names:
      /^(?:drop|change|retype|out of range|lose) serverGetTimeRangeStats requestPercentileStats\.\*\.percentiles(?:\.\*\.percentileBasisPoints)? \(/,
    reason: 'Two of four are shown.',
    partly: true,
  },
  {
    names: /^rekey serverGetTimeRangeStats requestPercentileStats\.\*\.percentiles \(in/,
    reason: 'Each says which it is.',
  },
];

/** @returns survivors that nothing explains, and explanations that nothing needs */
export function unexplained(
  tried: ReadonlyMap<string, { readonly all: number; readonly caught: number }>,
): string[] {
  const survivors = [...tried].filter(([, { all, caught }]) => caught < all);
  const open = survivors.filter(
    ([name, { caught }]) =>
      !explanations.some(({ names, partly }) => names.test(name) && (!partly || caught > 0)),
  );
  const idle = explanations.filter(
    ({ names, partly }) => !partly && !survivors.some(([name]) => names.test(name)),
  );
  return [
    ...open.map(([name, { all, caught }]) => `${name}: ${all - caught} of ${all} unnoticed`),
    ...idle.map(({ names }) => `${String(names)} explains nothing`),
  ];
}
