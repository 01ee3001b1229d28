// Products of eight outputs at a time, a register of AVX2, which has no product of bytes that adds up to 32 bits.
//
// Numbers of 4 bits are multiplied with signed bytes (`maddubs`): the sixteen products that a group adds to one 16-bit
// sum are at most 15 * 128 each, so that nothing saturates. Numbers of 8 bits would saturate there; they are widened
// and multiplied with whole 16-bit activations (`madd`), which takes as many products as two digits of 8 bits do.
#pragma once

#include "linear.h"

namespace clearspan {

constexpr int HALF = LANES / 2;
constexpr int AHEAD = 12;  // groups; measured

inline __m256i each(int32_t word) { return _mm256_set1_epi32(word); }
inline __m256i odd_bytes(__m256i unsigned_bytes) { return _mm256_srli_epi16(unsigned_bytes, 8); }
inline __m256i even_bytes(__m256i unsigned_bytes) {
  return _mm256_and_si256(unsigned_bytes, _mm256_set1_epi16(255));
}
inline __m256i pairs(__m256i a, __m256i b) { return _mm256_madd_epi16(a, b); }
inline __m256i sum32(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }

// Sums of one group for eight outputs and one row; `Numbers` are those of quads p and p + 1.
template <class F, int D>
struct Sums;

template <int D>
struct Sums<FormatQ4, D> {
  __m256i digit[D] = {};

  struct Numbers {
    __m256i first, second;
    explicit Numbers(const uint8_t* at, int p) {
      __m256i both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 64 * (p / 2)));
      const __m256i lower = _mm256_set1_epi8(15);
      first = _mm256_and_si256(both, lower);
      second = _mm256_and_si256(_mm256_srli_epi16(both, 4), lower);
    }
  };

  void add(const Numbers& w, const Digits& x, int quad) {
    digit[0] = _mm256_add_epi16(digit[0], _mm256_maddubs_epi16(w.first, each(x.high[quad])));
    digit[0] = _mm256_add_epi16(digit[0], _mm256_maddubs_epi16(w.second, each(x.high[quad + 1])));
    if constexpr (D == 2) {
      digit[1] = _mm256_add_epi16(digit[1], _mm256_maddubs_epi16(w.first, each(x.low[quad])));
      digit[1] = _mm256_add_epi16(digit[1], _mm256_maddubs_epi16(w.second, each(x.low[quad + 1])));
    }
  }

  vi8 value() const {
    // 256 times the upper sum and the lower one, in one product and one addition.
    if constexpr (D == 2)
      return (vi8)sum32(pairs(digit[0], _mm256_set1_epi16(256)), pairs(digit[1], _mm256_set1_epi16(1)));
    return (vi8)pairs(digit[0], _mm256_set1_epi16(1));
  }
  vi8 below() const { return vi8{}; }
};

struct Bytes {
  __m256i even, odd;
  explicit Bytes(const uint8_t* at) {
    __m256i four = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    even = even_bytes(four);
    odd = odd_bytes(four);
  }
  __m256i times(__m256i x_even, __m256i x_odd) const { return sum32(pairs(even, x_even), pairs(odd, x_odd)); }
};

template <int D>
struct Sums<FormatQ8, D> {
  __m256i total = {};

  struct Numbers {
    Bytes first, second;
    explicit Numbers(const uint8_t* at, int p) : first(at + 64 * p), second(at + 64 * (p + 1)) {}
  };

  void add(const Numbers& w, const Digits& x, int quad) {
    const int32_t* whole = x.whole + 2 * quad;
    total = sum32(total, w.first.times(each(whole[0]), each(whole[1])));
    total = sum32(total, w.second.times(each(whole[2]), each(whole[3])));
  }

  vi8 value() const { return (vi8)total; }
  vi8 below() const { return vi8{}; }
};

template <int D>
struct Sums<FormatW16, D> {
  __m256i upper = {}, lower = {};

  struct Numbers {
    Bytes first, second, first_below, second_below;
    explicit Numbers(const uint8_t* at, int p)
        : first(at + 64 * p),
          second(at + 64 * (p + 1)),
          first_below(at + FormatW16::BYTES / 2 + 64 * p),
          second_below(at + FormatW16::BYTES / 2 + 64 * (p + 1)) {}
  };

  void add(const Numbers& w, const Digits& x, int quad) {
    one(w.first, w.first_below, x, quad);
    one(w.second, w.second_below, x, quad + 1);
  }

  void one(const Bytes& w, const Bytes& below, const Digits& x, int quad) {
    upper = sum32(upper, w.times(each(x.whole[2 * quad]), each(x.whole[2 * quad + 1])));
    __m256i digits = each(x.high[quad]);
    __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(digits, 8), 8), odd = _mm256_srai_epi16(digits, 8);
    lower = sum32(lower, below.times(even, odd));
  }

  vi8 value() const { return (vi8)upper; }
  vi8 below() const { return (vi8)lower; }
};

// Brings what is needed AHEAD groups later into the cache; after the last group come those of the next tiles.
template <class F, int H>
inline void fetch(const Linear& w, int half, int g) {
  const int groups = w.inputs / GROUP;
  for (int tile = half / 2; 2 * tile < half + H; tile++) {
    size_t later = static_cast<size_t>(tile) * groups + g + AHEAD;
    if (g + AHEAD >= groups && H > 2) later += static_cast<size_t>(H / 2 - 1) * groups;
    for (int line = 0; line < F::BYTES; line += 64) __builtin_prefetch(w.numbers + later * F::BYTES + line);
    for (int line = 0; line < F::HALVES; line += 32) __builtin_prefetch(w.halves + later * F::HALVES + line);
    for (int line = 0; line < F::SCALES; line += 16) __builtin_prefetch(w.scales + later * F::SCALES + line);
  }
}

// Eight outputs each of H neighbouring halves of tiles, for M rows.
template <class F, int D, int H, int M>
inline void halves(const Linear& w, int half, const Digits* x, float* const* out) {
  const int groups = w.inputs / GROUP;
  vf8 total[H][M];
  for (int h = 0; h < H; h++)
    for (int m = 0; m < M; m++) total[h][m] = w.bias ? load<vf8>(w.bias + (half + h) * HALF) : vf8{};
  for (int g = 0; g < groups; g++) {
    Sums<F, D> sums[H][M];
    size_t index[H];
    const uint8_t* at[H];
    fetch<F, H>(w, half, g);
    for (int h = 0; h < H; h++) {
      index[h] = static_cast<size_t>((half + h) / 2) * groups + g;
      at[h] = w.numbers + index[h] * F::BYTES + 4 * HALF * ((half + h) % 2);
    }
#pragma GCC unroll 4
    for (int p = 0; p < QUADS; p += 2)
      for (int h = 0; h < H; h++) {
        const typename Sums<F, D>::Numbers numbers(at[h], p);
        for (int m = 0; m < M; m++) sums[h][m].add(numbers, x[m], g * QUADS + p);
      }
    for (int h = 0; h < H; h++) {
      int lane = HALF * ((half + h) % 2);
      for (int m = 0; m < M; m++)
        total[h][m] = F::template end<D>(total[h][m], sums[h][m].value(), sums[h][m].below(),
                                         w.halves + index[h] * F::HALVES + lane,
                                         w.scales + index[h] * F::SCALES + lane, x[m], g);
    }
  }
  for (int h = 0; h < H; h++)
    for (int m = 0; m < M; m++) std::memcpy(out[m] + (half + h) * HALF, &total[h][m], sizeof(vf8));
}

template <class F, int D, int H, int M>
inline int halves_from(const Linear& w, int first, int last, const Digits* x, float* const* out) {
  for (; first + H <= last; first += H) halves<F, D, H, M>(w, first, x, out);
  return first;
}

// How many go together was measured: sixteen registers hold the sums, the numbers and the activations.
template <class F, int D>
void product(const Linear& w, int first, int last, const Digits* x, float* const* out, int rows) {
  first *= 2, last *= 2;
  int m = 0;
  if constexpr (F::PLANES == 1) {
    constexpr int ABREAST = sizeof(Sums<F, D>) == sizeof(__m256i) ? 2 : 1;
    for (; m + 4 <= rows; m += 4) halves_from<F, D, ABREAST, 4>(w, first, last, x + m, out + m);
  }
  for (; m + 2 <= rows; m += 2) halves_from<F, D, 2, 2>(w, first, last, x + m, out + m);
  for (; m < rows; m++) {
    int half = halves_from<F, D, 4, 1>(w, first, last, x + m, out + m);
    halves_from<F, D, 2, 1>(w, half, last, x + m, out + m);
  }
}

}  // namespace clearspan
