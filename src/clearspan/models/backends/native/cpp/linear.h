// Matrices packed once, and their products with activations, in integers.
//
// A weight matrix is cut into tiles of 16 outputs, and each tile into groups of 32 inputs that share a scale:
// GGUF's Q4_0, Q4_1 and Q8_0 blocks keep their numbers exactly. Other matrices become blocks of 16-bit integers,
// finer than bfloat16. An activation becomes, in each group of 32, a 16-bit integer times a scale, kept as two signed
// digits of 8 bits, so that VNNI multiplies them. Within a group the arithmetic is exact; between groups each output
// adds in the order of its groups, so that a row's result never depends on the rows beside it.
#pragma once

#include <algorithm>

#include "vec.h"

namespace clearspan {

constexpr int GROUP = 32;
constexpr int QUADS = GROUP / 4;

enum Format : int32_t { Q4 = 0, Q8 = 1, W16 = 2 };

struct Linear {
  int32_t format;
  int32_t outputs;  // a multiple of 16
  int32_t inputs;   // a multiple of 32
  const uint8_t* numbers;
  const uint16_t* halves;  // Q4: per tile and group 16 scales and 16 minima; Q8: 16 scales
  const float* scales;     // W16: 16 scales
  const float* bias;       // or null
};

// One row of activations, in two digits of 8 bits or in one.
struct Digits {
  int32_t* high;  // per group 8 words of four signed digits; the only ones where there is one digit
  int32_t* low;
  int32_t* whole;  // per group 16 words of two 16-bit integers: of each four the first and third, the second and fourth
  float* scale;
  float* total;  // sum of the group's values
  // 128 times the sum of the group's integers, and of their upper digits, for formats stored with an offset of 128.
  int32_t* offset;
  int32_t* upper;
};

inline vi rounded(vf x) {
  // Adding 1.5 * 2^23 rounds to the nearest integer, ties to even.
  return (vi)(x + 12582912.0f) - (vi)all(12582912.0f);
}

template <int D>
void to_digits(const float* x, int count, const Digits& out) {
  // 32639 = 127 * 256 + 127 is the largest number of two signed digits.
  constexpr float LARGEST = D == 2 ? 32639.0f : 127.0f;
  const vi sign_off = vi{} + 0x7fffffff;
  for (int g = 0; g < count / GROUP; g++) {
    vf a = load(x + g * GROUP), b = load(x + g * GROUP + LANES);
    float peak = largest(maximum((vf)((vi)a & sign_off), (vf)((vi)b & sign_off)));
    float scale = peak / LARGEST, inverse = peak > 0 ? LARGEST / peak : 0.0f;
    vi first = rounded(a * inverse), second = rounded(b * inverse);
    int32_t sums = sum(first + second), uppers = sums;
    if constexpr (D == 2) {
      vi upper_first = (first + 128) >> 8, upper_second = (second + 128) >> 8;
      store_bytes(out.high + g * QUADS, upper_first, upper_second);
      store_bytes(out.low + g * QUADS, first - (upper_first << 8), second - (upper_second << 8));
      uppers = sum(upper_first + upper_second);
    } else {
      store_bytes(out.high + g * QUADS, first, second);
    }
    if constexpr (PAIRED) store_pairs(out.whole + 2 * g * QUADS, first, second);
    out.scale[g] = scale;
    out.total[g] = scale * static_cast<float>(sums);
    out.offset[g] = 128 * sums;
    out.upper[g] = 128 * uppers;
  }
}

// How each format unpacks a quad of a tile's group, and ends the group for sixteen or eight outputs: `value` is the sum
// of its products, `below` that of its second plane, D the digits of activations.
struct FormatQ4 {
  static constexpr int BYTES = 256, HALVES = 32, SCALES = 0, PLANES = 1;
  static inline vi quad(const uint8_t* at, int p) {
    vi both = load_bytes(at + 64 * (p / 2));
    return (p % 2 ? both >> 4 : both) & 0x0f0f0f0f;
  }
  template <int D, class V, class I>
  static inline V end(V total, I value, I, const uint16_t* halves, const float*, const Digits& x, int g) {
    total += to_float(value) * x.scale[g] * load_half<V>(halves);
    return total + load_half<V>(halves + LANES) * x.total[g];
  }
};

struct FormatQ8 {
  static constexpr int BYTES = 512, HALVES = 16, SCALES = 0, PLANES = 1;
  static inline vi quad(const uint8_t* at, int p) { return load_bytes(at + 64 * p); }
  template <int D, class V, class I>
  static inline V end(V total, I value, I, const uint16_t* halves, const float*, const Digits& x, int g) {
    return total + to_float(value - x.offset[g]) * x.scale[g] * load_half<V>(halves);
  }
};

struct FormatW16 {
  // The first plane holds the upper digits plus 128, the second the lower ones plus 128. The product of two lower
  // digits is left out: it is below the rounding of either factor.
  static constexpr int BYTES = 1024, HALVES = 0, SCALES = 16, PLANES = 2;
  static inline vi quad(const uint8_t* at, int p) { return load_bytes(at + 64 * p); }
  template <int D, class V, class I>
  static inline V end(V total, I value, I below, const uint16_t*, const float* scales, const Digits& x, int g) {
    V upper = to_float(value - x.offset[g]) * 256.0f;
    V lower = to_float(below - x.upper[g]);
    V sum = upper + (D == 2 ? lower * 256.0f : lower);
    return total + sum * x.scale[g] * load<V>(scales);
  }
};

}  // namespace clearspan

#ifdef CLEARSPAN_AVX2
#include "product_avx2.h"
#else
#include "product.h"
#endif

namespace clearspan {

// Outputs of tiles [first, last) of a matrix for each row.
template <int D>
void multiply(const Linear& w, int first, int last, const Digits* x, float* const* out, int rows) {
  if (w.format == Q4) product<FormatQ4, D>(w, first, last, x, out, rows);
  else if (w.format == Q8) product<FormatQ8, D>(w, first, last, x, out, rows);
  else product<FormatW16, D>(w, first, last, x, out, rows);
}

// One row of the matrix as numbers: an embedding.
inline void row_of(const Linear& w, int row, float* out) {
  const int groups = w.inputs / GROUP, tile = row / LANES, lane = row % LANES;
  for (int g = 0; g < groups; g++) {
    size_t index = static_cast<size_t>(tile) * groups + g;
    for (int k = 0; k < GROUP; k++) {
      int p = k / 4, byte = 4 * lane + k % 4;
      float value;
      if (w.format == Q4) {
        uint8_t both = w.numbers[index * 256 + 64 * (p / 2) + byte];
        int number = p % 2 ? both >> 4 : both & 15;
        value = number * from_half(w.halves[index * 32 + lane]) + from_half(w.halves[index * 32 + LANES + lane]);
      } else if (w.format == Q8) {
        int number = w.numbers[index * 512 + 64 * p + byte] - 128;
        value = number * from_half(w.halves[index * 16 + lane]);
      } else {
        int upper = w.numbers[index * 1024 + 64 * p + byte] - 128;
        int lower = w.numbers[index * 1024 + 512 + 64 * p + byte] - 128;
        value = (256 * upper + lower) * w.scales[index * 16 + lane];
      }
      out[g * GROUP + k] = value;
    }
  }
}

}  // namespace clearspan
