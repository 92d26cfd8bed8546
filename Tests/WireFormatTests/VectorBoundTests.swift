// SPDX-License-Identifier: Apache-2.0

import Testing
import WireFormat

@Suite struct VectorBoundTests {
  @Test func `a vector longer than its bound is refused before anything of it is read`() throws {
    for bound in 0...4 {
      var reader = WireReader([3, 1, 2, 3])
      if bound < 3 {
        #expect(throws: WireError.tooLong) {
          try reader.readVector(maxBytes: bound) { inner throws(WireError) in
            try inner.readFixed(inner.remaining)
          }
        }
      } else {
        let read = try reader.readVector(maxBytes: bound) { inner throws(WireError) in
          try inner.readFixed(inner.remaining)
        }
        #expect(read == [1, 2, 3])
      }
    }
  }
}
