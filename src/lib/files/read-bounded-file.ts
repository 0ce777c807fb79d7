import { read } from 'node:fs'
import { open } from 'node:fs/promises'
import { platform } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { ToolkitError } from '../errors/toolkit-error.ts'

/** Group and others may read (POSIX `st_mode`). */
const readableByOthersBits = 0o044

/** A file's content, and whether more than its owner may read it. */
interface BoundedFile {
  bytes: Uint8Array
  /** of a regular file; always false on Windows, where the mode does not tell */
  readableByOthers: boolean
}

/**
 * Reads a file whole, up to a bound: a regular file, a FIFO, a device, or stdin (`-`).
 *
 * @param path - the file
 * @param limit - most bytes
 * @returns content and readability
 * @throws ToolkitError `local` with the path and the cause: missing, not permitted, a directory, too large
 */
export async function readBoundedFile(path: string, limit: number): Promise<BoundedFile> {
  try {
    if (path === '-') return { bytes: await readStdin(limit), readableByOthers: false }
    await using file = await open(path, 'r')
    const stats = await file.stat()
    const bytes = await readUpTo(file, limit + 1)
    if (bytes.length > limit) throw new ToolkitError('local', `cannot read ${path}: it is larger than ${limit} bytes`)
    const hasMode = stats.isFile() && platform() !== 'win32'
    return { bytes, readableByOthers: hasMode && (stats.mode & readableByOthersBits) !== 0 }
  } catch (error) {
    if (error instanceof ToolkitError) throw error
    throw new ToolkitError('local', `cannot read ${path}: ${fileFailure(error)}`, { cause: error })
  }
}

/**
 * What a file system call failed of, as one clause.
 *
 * @param error - what node:fs threw
 * @returns the reason in words for the usual codes, in the system's for others
 */
export function fileFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EISDIR':
      return 'it is a directory'
    case 'ENOTDIR':
      return 'a part of its path is not a directory'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}

/** How long a pipe that has nothing yet is left alone, in milliseconds. */
const againMs = 20

/** By its descriptor: /dev/stdin cannot be opened where stdin is a socket. */
async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  while (true) {
    const chunk = await readDescriptor(0)
    if (chunk === undefined) {
      // whoever has touched process.stdin has made a pipe non-blocking for everybody
      await setTimeout(againMs)
      continue
    }
    if (chunk.length === 0) return Buffer.concat(chunks)
    chunks.push(chunk)
    length += chunk.length
    if (length > limit) throw new ToolkitError('local', `cannot read stdin: it is larger than ${limit} bytes`)
  }
}

/** The next bytes of a descriptor: none at its end, undefined where it has none yet. */
function readDescriptor(descriptor: number): Promise<Uint8Array | undefined> {
  const buffer = Buffer.alloc(64 * 1024)
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, buffer.length, null, (error, bytesRead) => {
      if (error === null) resolve(buffer.subarray(0, bytesRead))
      else if (error.code === 'EAGAIN') resolve(undefined)
      else if (error.code === 'EOF') resolve(new Uint8Array(0))
      else reject(error)
    })
  })
}

async function readUpTo(file: Awaited<ReturnType<typeof open>>, most: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(most)
  let length = 0
  while (length < most) {
    const { bytesRead } = await file.read(buffer, length, most - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}
