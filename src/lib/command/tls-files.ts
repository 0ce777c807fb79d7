import { createPrivateKey, X509Certificate } from 'node:crypto'
import { messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { readBoundedFile } from '../files/read-bounded-file.ts'

/** Largest file of certificates that is read. */
const maxFileBytes = 1024 * 1024

/**
 * Reads a file of certificate authorities.
 *
 * @param path - PEM
 * @returns its text
 * @throws ToolkitError `local` when it cannot be read or holds no certificate
 */
export async function readAuthority(path: string): Promise<string> {
  const text = await readText(path)
  parsed(path, 'a PEM certificate', () => new X509Certificate(text))
  return text
}

/**
 * Reads the certificate that secure WebSockets are served with, and its private key.
 *
 * @param certPath - PEM
 * @param keyPath - PEM
 * @returns both texts
 * @throws ToolkitError `local` when one cannot be read, or they do not belong together
 */
export async function readServerCertificate(certPath: string, keyPath: string): Promise<{ cert: string; key: string }> {
  const [cert, key] = [await readText(certPath), await readText(keyPath)]
  const certificate = parsed(certPath, 'a PEM certificate', () => new X509Certificate(cert))
  const privateKey = parsed(keyPath, 'a PEM private key without a passphrase', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ToolkitError('local', `the key in ${keyPath} is not that of the certificate in ${certPath}`)
  }
  return { cert, key }
}

async function readText(path: string): Promise<string> {
  return Buffer.from((await readBoundedFile(path, maxFileBytes)).bytes).toString('utf8')
}

function parsed<T>(path: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new ToolkitError('local', `${path} does not hold ${what}`, { cause: new Error(messageOf(error)) })
  }
}
