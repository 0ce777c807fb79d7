import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { ToolkitCommand } from '../../lib/command/toolkit-command.ts'
import { ToolkitError } from '../../lib/errors/toolkit-error.ts'
import { writeFileAtomically } from '../../lib/files/atomic-file.ts'
import { viewTrace } from '../../lib/operations/view-trace.ts'
import { renderPageWritten } from '../../lib/output/page-written.ts'
import { renderTracePage } from '../../lib/output/trace-page.ts'
import { waterfallRenderer } from '../../lib/output/waterfall.ts'

/** `p2p inspect view`: a trace as a waterfall. */
export default class InspectView extends ToolkitCommand {
  static override summary = 'Draw a trace as a waterfall of connections, streams and their phases'
  static override description =
    'Reads what --inspect-file has written. With --html it writes one page that needs no network, with the events themselves; --html - writes it to stdout.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> trace.ndjson',
    '<%= config.bin %> <%= command.id %> --html trace.html trace.ndjson',
    'zcat trace.ndjson.gz | <%= config.bin %> <%= command.id %> --json -',
  ]
  static override args = {
    trace: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'file that --inspect-file has written, or - for stdin',
    }),
  }
  static override flags = {
    html: Flags.string({ summary: 'write a page to this file instead; - is stdout', helpValue: 'FILE' }),
    force: Flags.boolean({ summary: 'replace an existing file', dependsOn: ['html'] }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(InspectView)
    const { html, force } = flags
    if (html !== undefined && html !== '-' && resolve(html) === resolve(args.trace)) {
      throw new ToolkitError('usage', `the page would replace its trace: ${html}`)
    }
    this.openSink({ ...flags, bytes: html === '-' })
    const input = { file: args.trace, stdin: this.stdio().input, keepEvents: html !== undefined }
    const trace = await viewTrace(input, { signal: this.lifetime.signal })
    for (const note of trace.notes) this.sink.note(note)
    if (html === undefined) {
      const render = waterfallRenderer(trace.rows)
      for (const row of trace.rows) await this.sink.record(row, render)
      return
    }
    const page = await renderTracePage(trace)
    const shown = { events: trace.count, rows: trace.rows.length }
    if (html === '-') {
      await this.sink.bytes(page)
      if (this.sink.json) await this.sink.record({ type: 'page', ...shown }, renderPageWritten)
      return
    }
    // it tells as much as the trace, which nobody else may read
    const options = { mode: 0o600, overwrite: force, existsSuggestion: 'replace it with --force' }
    await writeFileAtomically(html, page, options)
    await this.sink.record({ type: 'page', file: html, ...shown }, renderPageWritten)
  }
}
