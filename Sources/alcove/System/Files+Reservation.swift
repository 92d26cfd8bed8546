// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Files {
  /// A new file, empty until something that cannot be undone has been done: whether it can be written is
  /// found out before. Whatever is not filled goes with the value.
  struct Reservation: ~Copyable {
    private let path: String
    private var isFilled = false

    init(_ path: String) throws(Failure) {
      let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Failure(.last("open"), path: path) }
      close(descriptor)
      // Last: a value that was not made takes nothing away.
      self.path = path
    }

    deinit { if !isFilled { _ = unsafe unlink(path) } }

    /// Puts the content in its place, as a whole.
    consuming func fill(_ bytes: [UInt8]) throws(Failure) {
      do throws(SystemFailure) {
        try Files.write(bytes, to: path, existing: .replace)
        isFilled = true
      } catch {
        throw Failure(error, path: path)
      }
    }
  }
}
