import { dhtSummaryLines } from '../output/dht.ts'
import { dhtNetworkFlag } from './dht-flags.ts'
import { NetworkCommand } from './network-command.ts'

type Summary = Parameters<typeof dhtSummaryLines>[0]

/** What every command shares that asks a DHT. */
export abstract class DhtCommand extends NetworkCommand {
  static override baseFlags = { ...NetworkCommand.baseFlags, network: dhtNetworkFlag() }

  /**
   * Prints the records of a query as they come. The summary is a record to scripts, and a note to people, so that
   * stdout is the answer alone. `label` says of which of several targets it is.
   */
  protected async printQuery<R extends { type: string }>(
    records: AsyncIterable<R | Summary>,
    print: (record: R) => Promise<void>,
    label: { target?: string } = {},
  ): Promise<void> {
    for await (const record of records) {
      if (!isSummary(record)) await print(record)
      else if (this.sink.json) await this.sink.record({ ...record, ...label }, summaryText)
      else for (const line of dhtSummaryLines(record)) this.sink.note(line)
    }
  }
}

function isSummary(record: { type: string }): record is Summary {
  return record.type === 'summary'
}

function summaryText(record: Summary): string {
  return dhtSummaryLines(record).join('\n')
}
