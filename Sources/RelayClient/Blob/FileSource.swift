// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A file as the content of a blob.
public final class FileSource: BlobSource {
  public let length: UInt64
  private let file: Mutex<FileHandle>

  /// Opens a file; its length is what it is now.
  public init(path: String) throws(BlobFailure) {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      length = try handle.seekToEnd()
      file = Mutex(handle)
    } catch {
      throw .sourceUnreadable
    }
  }

  public func read(at offset: UInt64, count: Int) throws -> [UInt8] {
    try file.withLock { file in
      try file.seek(toOffset: offset)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count)
      while bytes.count < count {
        guard let more = try file.read(upToCount: count - bytes.count), !more.isEmpty else {
          throw BlobFailure.sourceChanged
        }
        bytes += more
      }
      return bytes
    }
  }
}
