import { addAbortSignal, type Readable } from 'node:stream'

/**
 * The inputs of a command: its arguments, with `-` replaced by the lines of stdin, trimmed, blank
 * ones passed over.
 *
 * @param args - the arguments
 * @param stdin - read only where an argument is `-`
 * @param signal - ends the reading
 * @returns the inputs in order, as they arrive
 */
export async function* linesOf(args: string[], stdin: Readable, signal: AbortSignal): AsyncGenerator<string> {
  for (const argument of args) {
    if (argument !== '-') {
      yield argument
      continue
    }
    yield* trimmedLines(stdin, signal)
    signal.throwIfAborted()
  }
}

/** Not by node:readline, which takes an input that cannot be read for an empty one. */
async function* trimmedLines(input: Readable, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of addAbortSignal(signal, input)) {
    const [first = '', ...more] = decoder.decode(chunk, { stream: true }).split('\n')
    rest.push(first)
    for (const next of more) {
      const line = rest.join('').trim()
      if (line !== '') yield line
      rest = [next]
    }
  }
  const last = (rest.join('') + decoder.decode()).trim()
  if (last !== '') yield last
}
