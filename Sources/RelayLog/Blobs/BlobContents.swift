// SPDX-License-Identifier: Apache-2.0

import Glibc
package import RelayProtocol
import Synchronization

/// A stretch of a sealed blob, to be read piece by piece.
///
/// Its files may be taken away meanwhile: the one that is open is read to its end, the next one is missed, which
/// looks as if it had been lost.
package final class BlobContents: Sendable {
  /// The stretch, in bytes of the blob.
  package let range: Range<UInt64>
  package let seal: BlobSeal
  /// Of the parts that the stretch touches.
  private let names: [UInt8]
  private let files: BlobFiles
  private let threads: FileThreads
  /// The file that was read last, by its place among the names.
  private let open = Mutex<(index: Int, descriptor: Int32)?>(nil)

  init(
    _ range: Range<UInt64>, of seal: BlobSeal, names: [UInt8], files: BlobFiles,
    threads: FileThreads
  ) {
    self.range = range
    self.seal = seal
    self.names = names
    self.files = files
    self.threads = threads
  }

  deinit { open.withLock { if let open = $0 { Glibc.close(open.descriptor) } } }

  /// Which parts a stretch touches.
  static func parts(of range: Range<UInt64>) -> Range<UInt32> {
    let length = UInt64(PartIndex.partLength)
    let first = range.lowerBound / length
    let end = range.isEmpty ? first : (range.upperBound - 1) / length + 1
    return UInt32(clamping: first)..<UInt32(clamping: end)
  }

  /// The next bytes from `offset` on, at most `count` of them and not beyond a part's end.
  package func read(at offset: UInt64, count: Int) async throws(RelayError) -> [UInt8] {
    try await threads.run { [self] () throws(RelayError) in
      let length = UInt64(PartIndex.partLength)
      guard range.contains(offset) else { throw .refused(.beyondEnd) }
      let first = range.lowerBound / length
      let place = offset % length
      let count = min(UInt64(max(0, count)), length - place, range.upperBound - offset)
      return try open.withLock { open throws(RelayError) in
        try read(Int(offset / length - first), Int64(place), Int(count), &open)
      }
    }
  }

  private func read(
    _ index: Int, _ place: Int64, _ count: Int,
    _ open: inout (index: Int, descriptor: Int32)?
  ) throws(RelayError) -> [UInt8] {
    if open?.index != index {
      if let old = open { Glibc.close(old.descriptor) }
      open = nil
      let name = PartName(
        checked: Array(names[index * PartName.length..<(index + 1) * PartName.length]))
      let file = unsafe Glibc.open(files.path(name), O_RDONLY | O_CLOEXEC)
      // A file that is gone has been lost, or taken away with its blob: who asked looks once more.
      guard file >= 0 else { throw errno == ENOENT ? .refused(.damaged) : BlobFiles.error(errno) }
      open = (index, file)
    }
    guard let file = open?.descriptor else { throw .refused(.unavailable) }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { target in
        unsafe pread(
          file, target.baseAddress?.advanced(by: filled), count - filled, Int(place) + filled)
      }
      if got < 0, errno == EINTR { continue }
      // A file that is too short is damaged; what is left of it is no answer.
      guard got != 0 else { throw .refused(.damaged) }
      guard got > 0 else { throw .refused(errno == EIO ? .damaged : .unavailable) }
      filled += got
    }
    return bytes
  }
}
