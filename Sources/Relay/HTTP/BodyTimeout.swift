// SPDX-License-Identifier: Apache-2.0

/// A body that came too slowly, or not to its end.
struct BodyTimeout: Error {}
