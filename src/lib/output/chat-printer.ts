import type { ChatRecord, ChatSummaryRecord } from '../records/chat.ts'
import { renderChat, renderChatSummary } from './chat.ts'
import { renderDropped } from './pubsub.ts'
import type { Sink } from './sink.ts'

/** Prints what a chat gives: messages and lists are the answer, and the rest, in text, is the story, which `--quiet` leaves out. */
export class ChatPrinter {
  readonly #sink: Sink
  readonly #interactive: boolean
  readonly #quiet: boolean

  /**
   * @param sink - prints
   * @param options - `interactive`: what was sent can be seen where it was typed; `quiet`: the story is left out of text
   */
  constructor(sink: Sink, { interactive, quiet }: { interactive: boolean; quiet: boolean }) {
    this.#sink = sink
    this.#interactive = interactive
    this.#quiet = quiet
  }

  /** Prints a record, and waits while the reader is slow. */
  async print(record: ChatRecord | { type: 'dropped'; count: number } | ChatSummaryRecord): Promise<void> {
    switch (record.type) {
      case 'summary':
        if (this.#sink.json) await this.#sink.record(record, renderChatSummary)
        else this.#sink.note(renderChatSummary(record))
        return
      case 'dropped':
        return this.#sink.offer(record, renderDropped)
      case 'chat-message':
      case 'chat-peer':
      case 'chat-room':
        return await this.#sink.record(record, renderChat)
      case 'chat-sent':
        if (!this.#sink.json && this.#interactive && !record.direct && record.sentTo.length > 0) return
        return await this.#story(record)
      case 'room-joined':
      case 'peer-updated':
      case 'peer-joined':
      case 'peer-left':
      case 'rejected':
        return await this.#story(record)
    }
  }

  async #story(record: ChatRecord): Promise<void> {
    if (this.#sink.json) await this.#sink.record(record, renderChat)
    else if (!this.#quiet) this.#sink.offer(record, renderChat)
  }
}
