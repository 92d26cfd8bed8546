// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Looks for bytes in all memory of this process that can be written.
enum MemoryScan {
  /// How often the bytes whose complement is given lie in memory.
  ///
  /// The complement is what the caller keeps, so that the search does not find itself.
  static func occurrences(ofComplement complement: [UInt8]) -> Int {
    let memory = unsafe open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
    guard memory >= 0 else { return -1 }
    defer { close(memory) }
    let needle = UnsafeMutablePointer<UInt8>.allocate(capacity: complement.count)
    let chunkSize = 1 << 20
    let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: chunkSize)
    for index in complement.indices { unsafe needle[index] = ~complement[index] }
    defer {
      unsafe memset(needle, 0, complement.count)
      unsafe memset(chunk, 0, chunkSize)
      unsafe needle.deallocate()
      unsafe chunk.deallocate()
    }
    let own = [
      UInt(bitPattern: needle)..<UInt(bitPattern: needle) + UInt(complement.count),
      UInt(bitPattern: chunk)..<UInt(bitPattern: chunk) + UInt(chunkSize),
    ]
    var found = 0
    for region in regions() {
      var start = region.lowerBound
      while start < region.upperBound {
        let size = min(UInt(chunkSize), region.upperBound - start)
        let count = unsafe pread(memory, chunk, Int(size), off_t(truncatingIfNeeded: start))
        if count <= complement.count { break }
        var from = 0
        while from + complement.count <= count,
          let hit = unsafe memchr(chunk + from, Int32(needle[0]), count - from)
        {
          let offset = unsafe hit - UnsafeMutableRawPointer(chunk)
          let isWhole =
            unsafe offset + complement.count <= count
            && memcmp(hit, needle, complement.count) == 0
          let address = start + UInt(offset)
          if isWhole, !own.contains(where: { $0.contains(address) }) { found += 1 }
          from = offset + 1
        }
        // Chunks overlap by what could lie across their border.
        start +=
          UInt(count) - (start + UInt(count) < region.upperBound ? UInt(complement.count) : 0)
      }
    }
    return found
  }

  private static func regions() -> [Range<UInt>] {
    var text: [UInt8] = []
    let maps = unsafe open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
    defer { close(maps) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe read(maps, &buffer, buffer.count)
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 1, fields[1].hasPrefix("rw") else { return nil }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      return ends.count == 2 ? ends[0]..<ends[1] : nil
    }
  }
}
