// SPDX-License-Identifier: Apache-2.0

/// An open vault, and which file on the disk it was.
struct VaultState: ~Copyable {
  var vault: OpenVault
  var stamp: FileStamp
}
