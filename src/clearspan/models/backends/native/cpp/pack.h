// From a file's numbers to the tiles of linear.h.
#pragma once

#include <algorithm>
#include <cmath>

#include "linear.h"

namespace clearspan {

// Where in a tile's group the number of (output lane, input k) lies, for one byte a number.
inline int byte_of(int lane, int k) { return 64 * (k / 4) + 4 * lane + k % 4; }

// GGUF block of 32 numbers: half scale, [half minimum,] 16 bytes whose low digits come first.
inline void pack_q4_row(const uint8_t* blocks, bool with_minimum, int groups, int lane, uint8_t* numbers,
                        uint16_t* halves) {
  const int size = with_minimum ? 20 : 18;
  for (int g = 0; g < groups; g++) {
    const uint8_t* block = blocks + static_cast<size_t>(g) * size;
    uint16_t scale, minimum;
    std::memcpy(&scale, block, 2);
    if (with_minimum) std::memcpy(&minimum, block + 2, 2);
    else minimum = to_half(-8.0f * from_half(scale));
    halves[g * 32 + lane] = scale;
    halves[g * 32 + LANES + lane] = minimum;
    const uint8_t* digits = block + size - 16;
    for (int k = 0; k < GROUP; k++) {
      int number = k < 16 ? digits[k] & 15 : digits[k - 16] >> 4;
      int p = k / 4;
      numbers[static_cast<size_t>(g) * 256 + 64 * (p / 2) + 4 * lane + k % 4] |= p % 2 ? number << 4 : number;
    }
  }
}

// GGUF block of 32 numbers: half scale, 32 signed bytes.
inline void pack_q8_row(const uint8_t* blocks, int groups, int lane, uint8_t* numbers, uint16_t* halves) {
  for (int g = 0; g < groups; g++) {
    const uint8_t* block = blocks + static_cast<size_t>(g) * 34;
    std::memcpy(halves + g * 16 + lane, block, 2);
    for (int k = 0; k < GROUP; k++)
      numbers[static_cast<size_t>(g) * 512 + byte_of(lane, k)] = static_cast<uint8_t>(block[2 + k] + 128);
  }
}

inline void pack_w16_row(const float* row, int groups, int lane, uint8_t* numbers, float* scales) {
  for (int g = 0; g < groups; g++) {
    const float* at = row + g * GROUP;
    float peak = 0;
    for (int k = 0; k < GROUP; k++) peak = std::max(peak, std::fabs(at[k]));
    scales[g * 16 + lane] = peak / 32639.0f;
    for (int k = 0; k < GROUP; k++) {
      int whole = peak > 0 ? static_cast<int>(std::lrintf(at[k] * (32639.0f / peak))) : 0;
      int upper = (whole + 128) >> 8, lower = whole - (upper << 8);
      uint8_t* group = numbers + static_cast<size_t>(g) * 1024;
      group[byte_of(lane, k)] = static_cast<uint8_t>(upper + 128);
      group[512 + byte_of(lane, k)] = static_cast<uint8_t>(lower + 128);
    }
  }
}

}  // namespace clearspan

extern "C" {

// Packs rows of a matrix; `order[i]` is the row of the file that becomes output i, -1 leaves it zero. `kind`: 0 Q4_0,
// 1 Q4_1, 2 Q8_0, 3 float32. The targets are zero before.
void pack(int32_t kind, const uint8_t* source, const int32_t* order, int32_t outputs, int32_t inputs, uint8_t* numbers,
          uint16_t* halves, float* scales) {
  using namespace clearspan;
  const int groups = inputs / GROUP;
  const size_t sizes[] = {18, 20, 34, 4 * GROUP};
  const size_t bytes[] = {256, 256, 512, 1024};
  for (int i = 0; i < outputs; i++) {
    size_t first = static_cast<size_t>(i / LANES) * groups;
    uint8_t* to = numbers + first * bytes[kind];
    int lane = i % LANES;
    if (order[i] < 0) continue;  // its scales stay 0
    const uint8_t* from = source + static_cast<size_t>(order[i]) * groups * sizes[kind];
    if (kind <= 1) pack_q4_row(from, kind == 1, groups, lane, to, halves + first * 32);
    else if (kind == 2) pack_q8_row(from, groups, lane, to, halves + first * 16);
    else pack_w16_row(reinterpret_cast<const float*>(from), groups, lane, to, scales + first * 16);
  }
}
}
