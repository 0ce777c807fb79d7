/**
 * Waits until what was written to a stream has been handed to the operating system.
 *
 * @param stream - stdout or stderr
 */
export async function handedOver(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) return
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve())
    stream.once('close', resolve)
  })
}
