/** How one protocol's value is written as text and as bytes. */
export interface ValueCodec {
  /**
   * Reads the value's text.
   *
   * @param text - the piece of the address between two slashes; for a path protocol the rest of it, with its slash
   * @returns the value's bytes; `format` may still refuse them
   * @throws ToolkitError `usage` with the reason, for text that go refuses
   */
  parse(text: string): Uint8Array
  /**
   * Checks the value's bytes, and writes them in go's normal form.
   *
   * @param bytes - as many as the protocol's size says
   * @returns the text; U+FFFD stands for what is not UTF-8
   * @throws ToolkitError `usage` with the reason, for bytes that go refuses
   */
  format(bytes: Uint8Array): string
  /** Whether the text is the bytes themselves, be they UTF-8 or not: go counts those bytes as the text's size. */
  verbatim?: true
}
