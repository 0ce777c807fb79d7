import { Command, Flags, type Interfaces } from '@oclif/core'
import { classify } from '../errors/classify.ts'
import { type ErrorCode, exitCodeOf } from '../errors/exit-codes.ts'
import type { ToolkitError } from '../errors/toolkit-error.ts'
import { errorRecord, renderError } from '../output/failure.ts'
import { Sink, type SinkOptions } from '../output/sink.ts'
import { EndOfCommand, Lifetime } from './lifetime.ts'
import { colorChoices, outputOptionsOf } from './output-options.ts'
import { refuseDirectoryAsInput } from './stdin.ts'
import { usageError } from './usage-error.ts'

type FlagOutput = Interfaces.OutputFlags<Interfaces.FlagInput>
type ArgOutput = Interfaces.OutputArgs<Interfaces.ArgInput>

/**
 * What every command shares: the output flags, the sink, the lifetime, and what becomes of an
 * error. A command's `run` parses, calls one operation and hands what it returns to the sink.
 */
export abstract class ToolkitCommand extends Command {
  static override baseFlags = {
    json: Flags.boolean({
      summary: 'print one JSON object a line',
      env: 'P2P_JSON',
      helpGroup: 'OUTPUT',
    }),
    quiet: Flags.boolean({ summary: 'no notes on stderr; results and errors stay', helpGroup: 'OUTPUT' }),
    color: Flags.option({ options: colorChoices, summary: 'when to use colour', helpGroup: 'OUTPUT' })({
      default: 'auto',
    }),
  }

  #sink: Sink | undefined
  #lifetime: Lifetime | undefined

  /** The only writer of stdout and stderr. */
  protected get sink(): Sink {
    this.#sink ??= new Sink(outputOptionsOf(this.argv, this.id))
    return this.#sink
  }

  /** The command's one signal and its limits. */
  protected get lifetime(): Lifetime {
    if (this.#lifetime === undefined) {
      this.#lifetime = new Lifetime(this.sink.readerGone)
      this.sink.stopWaitingAt(this.#lifetime.signal)
    }
    return this.#lifetime
  }

  /** Says from the parsed flags how to print; call it first when stdout carries bytes. */
  protected openSink(flags: SinkOptions): void {
    this.#sink = new Sink(flags)
  }

  /**
   * Prints the failures of single inputs as they come, and ends with the highest exit code among
   * them.
   */
  protected async failInput(
    error: unknown,
    input: string,
    index: number,
    label: { target?: string } = {},
  ): Promise<void> {
    const classified = classify(error)
    this.failed(classified)
    if (!this.#isSilent(classified))
      await this.sink.failure(errorRecord(classified, { ...label, input, index }), renderError)
    this.fail(classified.code)
  }

  /**
   * Handles inputs one after the other. A bad one is reported, and the others go on; with only one,
   * its failure is that of the command. `label` is for the records, and the same as that of a failure.
   */
  protected async forEachInput(
    inputs: string[] | AsyncIterable<string>,
    run: (input: string, label: { input: string }) => Promise<void>,
  ): Promise<void> {
    let index = 0
    for await (const input of inputs) {
      this.lifetime.signal.throwIfAborted()
      index++
      const label = { input: shorten(input) }
      try {
        await run(input, label)
      } catch (error) {
        // the end of the command is no failure of this input
        this.lifetime.signal.throwIfAborted()
        await this.failInput(error, label.input, index)
      }
    }
  }

  /** Told of each failure before it is printed. */
  protected failed(_error: ToolkitError): void {}

  /** Makes the command end with the exit code of this failure, or of a worse one. */
  protected fail(code: ErrorCode): void {
    process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCodeOf(code))
  }

  /** stdin and stdout, for a stream to be joined to; at a terminal the other side's end is the end. */
  protected stdio() {
    refuseDirectoryAsInput()
    return {
      input: process.stdin,
      output: (chunk: Uint8Array) => this.sink.bytes(chunk),
      endWithRemote: process.stdin.isTTY === true,
    }
  }

  /** Parses argv; whatever is wrong with it is a mistake of the user's. */
  protected override async parse<F extends FlagOutput, B extends FlagOutput, A extends ArgOutput>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    try {
      return await super.parse(options, argv)
    } catch (error) {
      throw usageError(error, { argv: this.argv, flags: { ...this.ctor.baseFlags, ...this.ctor.flags } })
    }
  }

  protected override async catch(error: Error & { oclif?: { exit?: number }; code?: string }): Promise<void> {
    if (error instanceof EndOfCommand) return
    if (error.code === 'EEXIT') throw error
    const classified = classify(error)
    this.failed(classified)
    if (this.#isSilent(classified)) this.fail(classified.code)
    else await this.report(classified)
  }

  /** Prints a failure, and makes the command end with its exit code, or with that of a worse one. */
  protected async report(failure: ToolkitError): Promise<void> {
    await this.sink.failure(errorRecord(failure), renderError)
    this.fail(failure.code)
  }

  protected override async finally(_: Error | undefined): Promise<void> {
    this.#lifetime?.[Symbol.dispose]()
    await this.#sink?.drain()
  }

  /** Ctrl-C needs no explanation to the person who pressed it; a script gets its record. */
  #isSilent(error: ToolkitError): boolean {
    return !this.sink.json && (error.code === 'interrupted' || error.code === 'terminated')
  }
}

/** The parsed flags of a command, its own and the shared ones. */
export type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<
  (typeof ToolkitCommand)['baseFlags'] & T['flags']
>

/** An input as error records repeat it. */
function shorten(input: string): string {
  return input.length <= 256 ? input : `${input.slice(0, 255)}…`
}
