import type { MessageRecord, SubscribeSummaryRecord } from '../records/pubsub.ts'
import { messageRenderer, renderDropped, renderSubscribeSummary } from './pubsub.ts'
import type { Sink } from './sink.ts'

/** What is printed of a message: a line for people, its bytes, or these in base64. */
export const messageFormats = ['text', 'raw', 'base64'] as const

/** What follows a payload. */
const delimiters = { newline: '\n', nul: '\0', none: '' }

/** How messages are printed. */
export interface MessageFormat {
  format: (typeof messageFormats)[number]
  /** newline when absent */
  delimiter?: keyof typeof delimiters | undefined
  /** they are of several topics */
  several: boolean
}

/** Prints what a subscription gives. */
export class MessagePrinter {
  readonly #sink: Sink
  readonly #format: MessageFormat
  readonly #render: ReturnType<typeof messageRenderer>

  /**
   * @param sink - prints; its stdout carries bytes where the format is not text
   * @param format - what is printed
   */
  constructor(sink: Sink, format: MessageFormat) {
    this.#sink = sink
    this.#format = format
    this.#render = messageRenderer(format.several)
  }

  /** Prints a record, and waits while the reader is slow. In text, what is no message goes to stderr. */
  async print(record: MessageRecord | { type: 'dropped'; count: number } | SubscribeSummaryRecord): Promise<void> {
    switch (record.type) {
      case 'message':
        return await this.#message(record)
      case 'dropped':
        return this.#sink.offer(record, renderDropped)
      case 'summary':
        await this.#sink.endBytes()
        if (this.#sink.json) await this.#sink.record(record, renderSubscribeSummary)
        else this.#sink.note(renderSubscribeSummary(record))
    }
  }

  async #message(record: MessageRecord): Promise<void> {
    const { format, delimiter = 'newline' } = this.#format
    if (format === 'text') return await this.#sink.record(record, this.#render)
    const payload = format === 'base64' ? Buffer.from(record.data) : Buffer.from(record.data, 'base64')
    await this.#sink.bytes(Buffer.concat([payload, Buffer.from(delimiters[delimiter])]))
  }
}
