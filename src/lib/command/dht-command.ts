import { LookupTree } from '../inspect/lookup-tree.ts'
import { querySummaryLines } from '../output/dht.ts'
import { dhtNetworkFlag } from './dht-flags.ts'
import { NetworkCommand, type NetworkFlags } from './network-command.ts'

type Summary = Parameters<typeof querySummaryLines>[0]

/** The pictures of a lookup that were asked for. */
interface PictureFlags {
  tree?: boolean
  dot?: string | undefined
}

/** What every command shares that asks a DHT. */
export abstract class DhtCommand extends NetworkCommand {
  static override baseFlags = { ...NetworkCommand.baseFlags, network: dhtNetworkFlag() }

  #picture: (PictureFlags & { of: LookupTree }) | undefined

  /** What operations take last; where a picture was asked for, they also tell what it is made from. */
  protected override contextOf(flags: NetworkFlags & PictureFlags) {
    const context = super.contextOf(flags)
    const { tree = false, dot } = flags
    if (!tree && dot === undefined) return context
    const of = new LookupTree()
    this.#picture = { of, tree, dot }
    return { ...context, onRouting: of.observe.bind(of) }
  }

  /**
   * Prints the records of a query as they come. The summary is a record to scripts, and a note to people, so that
   * stdout is the answer alone; the tree of the lookup comes before it. `label` says of which of several targets it is.
   */
  protected async printQuery<R extends { type: string }>(
    records: AsyncIterable<R>,
    print: (record: Exclude<R, Summary>) => Promise<void>,
    label: { target?: string } = {},
  ): Promise<void> {
    for await (const record of records) {
      if (isAnswer(record)) await print(record)
      if (isSummary(record)) await this.#printSummary(record, label)
    }
  }

  async #printSummary(record: Summary, label: { target?: string }): Promise<void> {
    await this.#printTree()
    if (this.sink.json) await this.sink.record({ ...record, ...label }, summaryText)
    else for (const line of querySummaryLines(record)) this.sink.note(line)
    await this.#writeDot()
  }

  async #printTree(): Promise<void> {
    if (this.#picture?.tree !== true) return
    const { renderLookupTree } = await import('../output/lookup-tree.ts')
    await this.sink.record(this.#picture.of.record, renderLookupTree)
  }

  /** As a trace file, it is the user's alone, and replaces the one of the last run. */
  async #writeDot(): Promise<void> {
    if (this.#picture?.dot === undefined) return
    const [{ renderLookupDot }, { writeFileAtomically }] = await Promise.all([
      import('../output/lookup-dot.ts'),
      import('../files/atomic-file.ts'),
    ])
    const picture = Buffer.from(renderLookupDot(this.#picture.of.record))
    await writeFileAtomically(this.#picture.dot, picture, { mode: 0o600, overwrite: true })
  }
}

function isSummary(record: { type: string }): record is Summary {
  return record.type === 'summary'
}

function isAnswer<R extends { type: string }>(record: R): record is Exclude<R, Summary> {
  return !isSummary(record)
}

function summaryText(record: Summary): string {
  return querySummaryLines(record).join('\n')
}
