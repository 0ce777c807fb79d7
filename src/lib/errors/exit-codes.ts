/**
 * The exit-code table: the one place that ties a failure's name to the number a shell sees.
 * Names are the `code` of error records; meanings stand in docs/exit-codes.md.
 */
export const exitCodes = {
  ok: {
    exitCode: 0,
    meaning: 'did what was asked; also an open-ended command ended by its own limit, by SIGINT or by SIGTERM',
  },
  negative: {
    exitCode: 1,
    meaning: 'the network worked and the answer is no: no pong, not found, an expectation not met',
  },
  usage: { exitCode: 2, meaning: 'bad flag, argument, multiaddr or peer ID text; nothing was sent' },
  timeout: {
    exitCode: 3,
    meaning: 'the deadline came before a connection, or before an answer that could still have come',
  },
  unreachable: {
    exitCode: 4,
    meaning: 'no transport connection: DNS, refused, no route, no transport for the address',
  },
  security: { exitCode: 5, meaning: 'no common security, handshake failed, wrong peer ID, wrong pre-shared key' },
  protocol: {
    exitCode: 6,
    meaning: 'not a libp2p peer, no common muxer, or it does not speak the protocol, or broke it',
  },
  local: { exitCode: 7, meaning: "this side's fault: key file, permissions, port in use, unreadable input" },
  bug: { exitCode: 70, meaning: 'unclassified: a fault of this tool' },
  interrupted: { exitCode: 130, meaning: 'interrupted by SIGINT before its answer' },
  terminated: { exitCode: 143, meaning: 'ended by SIGTERM before its answer' },
} as const

/** Name of a failure in the exit-code table; every name but `ok`. */
export type ErrorCode = Exclude<keyof typeof exitCodes, 'ok'>

/**
 * The number that a process ends with for a failure of this name.
 *
 * @param code - a name of the table
 * @returns the exit code, 1 to 143
 */
export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code].exitCode
}
