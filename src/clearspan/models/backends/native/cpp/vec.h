// Sixteen lanes of float or int32. GCC and Clang lower these to whatever the processor has (AVX-512, AVX2, NEON);
// the few operations for which they do not find the right instruction are written out for AVX-512 and AVX2.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX512F__) && defined(__AVX512BW__) && !defined(CLEARSPAN_PORTABLE)
#include <immintrin.h>
#define CLEARSPAN_AVX512 1
#endif
#if defined(CLEARSPAN_AVX512) && defined(__AVX512VNNI__)
#define CLEARSPAN_VNNI 1
#endif
#if defined(__AVX2__) && defined(__F16C__) && !defined(CLEARSPAN_PORTABLE) && !defined(CLEARSPAN_VNNI)
#include <immintrin.h>
#define CLEARSPAN_AVX2 1
#endif

namespace clearspan {

constexpr int LANES = 16;
// Whether products take activations as pairs of 16-bit numbers as well.
#ifdef CLEARSPAN_AVX2
constexpr bool PAIRED = true;
#else
constexpr bool PAIRED = false;
#endif

typedef float vf __attribute__((vector_size(64)));
typedef int32_t vi __attribute__((vector_size(64)));
typedef float vf_loose __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t vi_loose __attribute__((vector_size(64), aligned(1), may_alias));

// Half as many lanes: a register of AVX2.
typedef float vf8 __attribute__((vector_size(32)));
typedef int32_t vi8 __attribute__((vector_size(32)));
typedef float vf8_loose __attribute__((vector_size(32), aligned(4), may_alias));

inline vf load(const float* from) { return *reinterpret_cast<const vf_loose*>(from); }
inline void store(float* to, vf value) { *reinterpret_cast<vf_loose*>(to) = value; }
template <class V>
inline V load(const float* from) {
  V out;
  std::memcpy(&out, from, sizeof(V));
  return out;
}
inline vf8 load8(const float* from) { return *reinterpret_cast<const vf8_loose*>(from); }
inline void store8(float* to, vf8 value) { *reinterpret_cast<vf8_loose*>(to) = value; }
inline vi load_bytes(const uint8_t* from) { return *reinterpret_cast<const vi_loose*>(from); }
inline vf all(float value) { return vf{} + value; }

// Lanes are always added in this order, so that a sum is the same on every processor.
inline float sum(vf v) {
  float a[LANES];
  store(a, v);
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) a[i] += a[i + width];
  return a[0];
}

inline float largest(vf v) {
#ifdef CLEARSPAN_AVX512
  return _mm512_reduce_max_ps((__m512)v);
#else
  float best = v[0];
  for (int i = 1; i < LANES; i++) best = v[i] > best ? v[i] : best;
  return best;
#endif
}

inline int32_t sum(vi v) {
#ifdef CLEARSPAN_AVX512
  return _mm512_reduce_add_epi32((__m512i)v);
#else
  int32_t total = 0;
  for (int i = 0; i < LANES; i++) total += v[i];
  return total;
#endif
}

// The lowest bytes of twice sixteen numbers.
inline void store_bytes(void* to, vi first, vi second) {
  typedef int8_t vb __attribute__((vector_size(16)));
  vb bytes[2] = {__builtin_convertvector(first, vb), __builtin_convertvector(second, vb)};
  std::memcpy(to, bytes, 2 * LANES);
}

// Of each four of 32 numbers of 16 bits the first and third, then the second and fourth: pairs that are multiplied at
// once where bytes are widened by taking the even and the odd ones.
inline void store_pairs(void* to, vi first, vi second) {
  typedef int16_t vs __attribute__((vector_size(32)));
  int16_t numbers[2 * LANES], paired[2 * LANES];
  vs narrow[2] = {__builtin_convertvector(first, vs), __builtin_convertvector(second, vs)};
  std::memcpy(numbers, narrow, sizeof(numbers));
  for (int quad = 0; quad < 2 * LANES; quad += 4)
    for (int i = 0; i < 4; i++) paired[quad + i] = numbers[quad + 2 * (i % 2) + i / 2];
  std::memcpy(to, paired, sizeof(paired));
}

inline vf maximum(vf a, vf b) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#else
  return a > b ? a : b;
#endif
}

inline vf to_float(vi v) { return __builtin_convertvector(v, vf); }
inline vf8 to_float(vi8 v) { return __builtin_convertvector(v, vf8); }

template <class V = vf>
inline V load_half(const uint16_t* from);

#ifdef CLEARSPAN_AVX2
template <>
inline vf8 load_half<vf8>(const uint16_t* from) {
  return (vf8)_mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
#endif

// Sixteen half-precision numbers, IEEE 754 binary16.
template <>
inline vf load_half<vf>(const uint16_t* from) {
#ifdef CLEARSPAN_AVX512
  return (vf)_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
#elif defined(CLEARSPAN_AVX2)
  vf8 both[2] = {load_half<vf8>(from), load_half<vf8>(from + LANES / 2)};
  vf out;
  std::memcpy(&out, both, sizeof(out));
  return out;
#else
  vf out{};
  for (int i = 0; i < LANES; i++) {
    _Float16 half;
    std::memcpy(&half, from + i, 2);
    out[i] = static_cast<float>(half);
  }
  return out;
#endif
}

inline uint16_t to_half(float value) {
  _Float16 half = static_cast<_Float16>(value);
  uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}

inline void store_half(uint16_t* to, vf value) {
#ifdef CLEARSPAN_AVX512
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtps_ph((__m512)value, _MM_FROUND_TO_NEAREST_INT));
#elif defined(CLEARSPAN_AVX2)
  vf8 both[2];
  std::memcpy(both, &value, sizeof(both));
  for (int i = 0; i < 2; i++)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to) + i, _mm256_cvtps_ph((__m256)both[i], _MM_FROUND_TO_NEAREST_INT));
#else
  for (int i = 0; i < LANES; i++) to[i] = to_half(value[i]);
#endif
}

inline float from_half(uint16_t bits) {
  _Float16 half;
  std::memcpy(&half, &bits, 2);
  return static_cast<float>(half);
}

// acc[lane] += sum over four bytes of unsigned w times signed x; x is the same four bytes for every lane.
inline vi dot4(vi acc, vi w, int32_t x) {
#ifdef CLEARSPAN_VNNI
  return (vi)_mm512_dpbusd_epi32((__m512i)acc, (__m512i)w, _mm512_set1_epi32(x));
#else
  // A byte without a sign times one with a sign fits 16 bits.
  typedef int16_t vs __attribute__((vector_size(64)));
  auto pair = [](int32_t low, int32_t high) {
    return (vs)(vi{} + static_cast<int32_t>((static_cast<uint32_t>(high) << 16) | (low & 0xffff)));
  };
  auto digit = [x](int byte) { return static_cast<int32_t>(static_cast<int8_t>(x >> (8 * byte))); };
  vi even = (vi)((vs)(w & 0x00ff00ff) * pair(digit(0), digit(2)));
  vi odd = (vi)((vs)((w >> 8) & 0x00ff00ff) * pair(digit(1), digit(3)));
  return acc + ((even << 16) >> 16) + (even >> 16) + ((odd << 16) >> 16) + (odd >> 16);
#endif
}

// e^x by splitting x into a power of two and a remainder of at most ln(2)/2; relative error below 2e-7.
inline vf exponential(vf x) {
  const vf lowest = all(-87.0f), highest = all(88.0f);
  x = x < lowest ? lowest : x;
  x = x > highest ? highest : x;
  vf whole = x * 1.44269504f + 12582912.0f;  // adding 1.5 * 2^23 rounds to the nearest integer
  vi power = (vi)whole - (vi)all(12582912.0f);
  whole = whole - 12582912.0f;
  vf rest = x - whole * 0.693359375f;
  rest = rest + whole * 2.12194440e-4f;
  vf p = rest * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  return (vf)((vi)p + (power << 23));
}

}  // namespace clearspan
