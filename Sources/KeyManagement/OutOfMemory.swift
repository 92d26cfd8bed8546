// SPDX-License-Identifier: Apache-2.0

internal import Primitives

/// Runs what can only fail for want of memory, its inputs being of the right sizes by construction.
func allocating<R: ~Copyable>(
  _ body: () throws(PrimitiveError) -> R
) throws(VaultError) -> R {
  do { return try body() } catch { throw .outOfMemory }
}
