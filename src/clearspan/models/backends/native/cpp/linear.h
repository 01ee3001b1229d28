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
    out.scale[g] = scale;
    out.total[g] = scale * static_cast<float>(sums);
    out.offset[g] = 128 * sums;
    out.upper[g] = 128 * uppers;
  }
}

// How each format unpacks a quad of a tile's group, multiplies it, and ends the group; D is the digits of activations.
struct FormatQ4 {
  static constexpr int BYTES = 256, HALVES = 32, SCALES = 0, PLANES = 1;
  static inline vi quad(const uint8_t* at, int p) {
    vi both = load_bytes(at + 64 * (p / 2));
    return (p % 2 ? both >> 4 : both) & 0x0f0f0f0f;
  }
  template <int D>
  static inline vf end(vf total, const vi* acc, const uint16_t* halves, const float*, const Digits& x, int g) {
    vf value = to_float(D == 2 ? (acc[0] << 8) + acc[1] : acc[0]);
    total += value * x.scale[g] * load_half(halves);
    return total + load_half(halves + LANES) * x.total[g];
  }
};

struct FormatQ8 {
  static constexpr int BYTES = 512, HALVES = 16, SCALES = 0, PLANES = 1;
  static inline vi quad(const uint8_t* at, int p) { return load_bytes(at + 64 * p); }
  template <int D>
  static inline vf end(vf total, const vi* acc, const uint16_t* halves, const float*, const Digits& x, int g) {
    vf value = to_float((D == 2 ? (acc[0] << 8) + acc[1] : acc[0]) - x.offset[g]);
    return total + value * x.scale[g] * load_half(halves);
  }
};

struct FormatW16 {
  // The first plane holds the upper digits plus 128, the second the lower ones plus 128. The product of two lower
  // digits is left out: it is below the rounding of either factor.
  static constexpr int BYTES = 1024, HALVES = 0, SCALES = 16, PLANES = 2;
  static inline vi quad(const uint8_t* at, int p) { return load_bytes(at + 64 * p); }
  template <int D>
  static inline vf end(vf total, const vi* acc, const uint16_t*, const float* scales, const Digits& x, int g) {
    vf upper = to_float((D == 2 ? (acc[0] << 8) + acc[1] : acc[0]) - x.offset[g]) * 256.0f;
    vf lower = to_float(acc[D] - x.upper[g]);
    vf value = upper + (D == 2 ? lower * 256.0f : lower);
    return total + value * x.scale[g] * load(scales);
  }
};

// Outputs of T neighbouring tiles for M rows.
template <class F, int D, int T, int M>
inline void tiles(const Linear& w, int tile, const Digits* x, float* const* out) {
  constexpr int CHAINS = D + F::PLANES - 1;
  const int groups = w.inputs / GROUP;
  vf total[T][M];
  for (int t = 0; t < T; t++)
    for (int m = 0; m < M; m++) total[t][m] = w.bias ? load(w.bias + (tile + t) * LANES) : vf{};
  for (int g = 0; g < groups; g++) {
    vi acc[T][M][CHAINS] = {};
    const uint8_t* at[T];
    for (int t = 0; t < T; t++) {
      at[t] = w.numbers + (static_cast<size_t>(tile + t) * groups + g) * F::BYTES;
      __builtin_prefetch(at[t] + 4 * F::BYTES);
    }
#pragma GCC unroll 8
    for (int p = 0; p < QUADS; p++) {
      vi quad[T], below[T];
      for (int t = 0; t < T; t++) {
        quad[t] = F::quad(at[t], p);
        if constexpr (F::PLANES == 2) below[t] = F::quad(at[t] + F::BYTES / 2, p);
      }
      for (int m = 0; m < M; m++) {
        int32_t high = x[m].high[g * QUADS + p], low = D == 2 ? x[m].low[g * QUADS + p] : 0;
        for (int t = 0; t < T; t++) {
          acc[t][m][0] = dot4(acc[t][m][0], quad[t], high);
          if constexpr (D == 2) acc[t][m][1] = dot4(acc[t][m][1], quad[t], low);
          if constexpr (F::PLANES == 2) acc[t][m][D] = dot4(acc[t][m][D], below[t], high);
        }
      }
    }
    for (int t = 0; t < T; t++) {
      size_t index = static_cast<size_t>(tile + t) * groups + g;
      for (int m = 0; m < M; m++)
        total[t][m] = F::template end<D>(total[t][m], acc[t][m], w.halves + index * F::HALVES,
                                         w.scales + index * F::SCALES, x[m], g);
    }
  }
  for (int t = 0; t < T; t++)
    for (int m = 0; m < M; m++) store(out[m] + (tile + t) * LANES, total[t][m]);
}

template <class F, int D, int T, int M>
inline int tiles_from(const Linear& w, int first, int last, const Digits* x, float* const* out) {
  for (; first + T <= last; first += T) tiles<F, D, T, M>(w, first, x, out);
  return first;
}

// How many tiles go together was measured: enough sums at once to hide the latency of a product, few enough to stay in
// registers.
template <class F, int D>
void product(const Linear& w, int first, int last, const Digits* x, float* const* out, int rows) {
  int m = 0;
  for (; m + 4 <= rows; m += 4) {
    int t = tiles_from<F, D, D == 2 ? 2 : 3, 4>(w, first, last, x + m, out + m);
    tiles_from<F, D, 1, 4>(w, t, last, x + m, out + m);
  }
  for (; m + 2 <= rows; m += 2) {
    int t = tiles_from<F, D, 3, 2>(w, first, last, x + m, out + m);
    tiles_from<F, D, 1, 2>(w, t, last, x + m, out + m);
  }
  for (; m < rows; m++) {
    int t = tiles_from<F, D, 6, 1>(w, first, last, x + m, out + m);
    t = tiles_from<F, D, 2, 1>(w, t, last, x + m, out + m);
    tiles_from<F, D, 1, 1>(w, t, last, x + m, out + m);
  }
}

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
