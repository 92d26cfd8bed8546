// SPDX-License-Identifier: Apache-2.0

import Primitives

/// Compares a secret with the bytes of a vector.
func expect(_ secret: SharedSecret, _ bytes: HexBytes, _ what: @autoclosure () -> String) throws {
  try expect(secret.exposedBytes() == bytes.bytes, what())
}
