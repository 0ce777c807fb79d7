import { execFileSync } from 'node:child_process'
import { scratchPath } from './cli.ts'

/** Paths of PEM files. */
export interface Certificate {
  cert: string
  key: string
}

/** Makes a self-signed certificate for `localhost` and 127.0.0.1, with openssl. */
export function localCertificate(): Certificate {
  const cert = scratchPath('cert.pem')
  const key = scratchPath('key.pem')
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1'
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const args = ['req', '-x509', ...newKey, '-subj', '/CN=localhost', '-addext', names, '-days', '2']
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  return { cert, key }
}
