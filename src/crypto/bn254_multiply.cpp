#include "crypto/bn254_field.hpp"

namespace cairn::crypto::bn254::detail {

#ifdef __x86_64__
namespace {

// Two carry chains run side by side, one in CF (adcx) and one in OF (adox); mulx touches neither.
// Operands: pointers to the words a, b, c, d and p (the prime); t0 to t3 and top hold the running
// sum.

// clang-format off

// (top, t) = t + x * y[word].
#define CAIRN_MULTIPLY_WORD(x, y, word)       \
  "xorl %%eax, %%eax\n\t"                     \
  "movq " word "(%[" y "]), %%rdx\n\t"        \
  "mulxq 0(%[" x "]), %%rax, %[top]\n\t"      \
  "adoxq %%rax, %[t0]\n\t"                    \
  "adcxq %[top], %[t1]\n\t"                   \
  "mulxq 8(%[" x "]), %%rax, %[top]\n\t"      \
  "adoxq %%rax, %[t1]\n\t"                    \
  "adcxq %[top], %[t2]\n\t"                   \
  "mulxq 16(%[" x "]), %%rax, %[top]\n\t"     \
  "adoxq %%rax, %[t2]\n\t"                    \
  "adcxq %[top], %[t3]\n\t"                   \
  "mulxq 24(%[" x "]), %%rax, %[top]\n\t"     \
  "adoxq %%rax, %[t3]\n\t"                    \
  "movl $0, %%eax\n\t"                        \
  "adcxq %%rax, %[top]\n\t"                   \
  "adoxq %%rax, %[top]\n\t"

// The same for a second product: (top, t) = (top, t) + x * y[word].
#define CAIRN_ADD_MULTIPLIED_WORD(x, y, word) \
  "xorl %%eax, %%eax\n\t"                     \
  "movq " word "(%[" y "]), %%rdx\n\t"        \
  "mulxq 0(%[" x "]), %%rax, %[high]\n\t"     \
  "adoxq %%rax, %[t0]\n\t"                    \
  "adcxq %[high], %[t1]\n\t"                  \
  "mulxq 8(%[" x "]), %%rax, %[high]\n\t"     \
  "adoxq %%rax, %[t1]\n\t"                    \
  "adcxq %[high], %[t2]\n\t"                  \
  "mulxq 16(%[" x "]), %%rax, %[high]\n\t"    \
  "adoxq %%rax, %[t2]\n\t"                    \
  "adcxq %[high], %[t3]\n\t"                  \
  "mulxq 24(%[" x "]), %%rax, %[high]\n\t"    \
  "adoxq %%rax, %[t3]\n\t"                    \
  "movl $0, %%eax\n\t"                        \
  "adcxq %%rax, %[high]\n\t"                  \
  "adoxq %[high], %[top]\n\t"

// A multiple of the prime makes t0 zero; everything moves down by a word.
#define CAIRN_REDUCE_WORD                     \
  "movq %[inverse], %%rdx\n\t"                \
  "imulq %[t0], %%rdx\n\t"                    \
  "xorl %%eax, %%eax\n\t"                     \
  "mulxq 0(%[p]), %%rax, %[high]\n\t"         \
  "adcxq %[t0], %%rax\n\t"                    \
  "movq %[high], %[t0]\n\t"                   \
  "adcxq %[t1], %[t0]\n\t"                    \
  "mulxq 8(%[p]), %%rax, %[t1]\n\t"           \
  "adoxq %%rax, %[t0]\n\t"                    \
  "adcxq %[t2], %[t1]\n\t"                    \
  "mulxq 16(%[p]), %%rax, %[t2]\n\t"          \
  "adoxq %%rax, %[t1]\n\t"                    \
  "adcxq %[t3], %[t2]\n\t"                    \
  "mulxq 24(%[p]), %%rax, %[t3]\n\t"          \
  "adoxq %%rax, %[t2]\n\t"                    \
  "movl $0, %%eax\n\t"                        \
  "adcxq %%rax, %[t3]\n\t"                    \
  "adoxq %[top], %[t3]\n\t"

// t - p, or t where that is negative.
#define CAIRN_REDUCE_ONCE                     \
  "movq %[t0], %%rax\n\t"                     \
  "movq %[t1], %%rdx\n\t"                     \
  "movq %[t2], %[high]\n\t"                   \
  "movq %[t3], %[top]\n\t"                    \
  "subq 0(%[p]), %[t0]\n\t"                   \
  "sbbq 8(%[p]), %[t1]\n\t"                   \
  "sbbq 16(%[p]), %[t2]\n\t"                  \
  "sbbq 24(%[p]), %[t3]\n\t"                  \
  "cmovcq %%rax, %[t0]\n\t"                   \
  "cmovcq %%rdx, %[t1]\n\t"                   \
  "cmovcq %[high], %[t2]\n\t"                 \
  "cmovcq %[top], %[t3]"

Words multiply_by_mulx(const Words& a, const Words& b) {
  std::uint64_t t0 = 0;
  std::uint64_t t1 = 0;
  std::uint64_t t2 = 0;
  std::uint64_t t3 = 0;
  std::uint64_t top = 0;
  std::uint64_t high = 0;
  asm(CAIRN_MULTIPLY_WORD("a", "b", "0") CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "8") CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "16") CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "24") CAIRN_REDUCE_WORD
      CAIRN_REDUCE_ONCE
      : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [top] "=&r"(top),
        [high] "=&r"(high)
      : [a] "r"(&a), [b] "r"(&b), [p] "r"(&kPrime), [inverse] "m"(kNegativeInverse)
      : "rax", "rdx", "cc", "memory");
  return {t0, t1, t2, t3};
}

Words sum_products_by_mulx(const Words& a, const Words& b, const Words& c, const Words& d) {
  std::uint64_t t0 = 0;
  std::uint64_t t1 = 0;
  std::uint64_t t2 = 0;
  std::uint64_t t3 = 0;
  std::uint64_t top = 0;
  std::uint64_t high = 0;
  asm(CAIRN_MULTIPLY_WORD("a", "b", "0") CAIRN_ADD_MULTIPLIED_WORD("c", "d", "0")
      CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "8") CAIRN_ADD_MULTIPLIED_WORD("c", "d", "8")
      CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "16") CAIRN_ADD_MULTIPLIED_WORD("c", "d", "16")
      CAIRN_REDUCE_WORD
      CAIRN_MULTIPLY_WORD("a", "b", "24") CAIRN_ADD_MULTIPLIED_WORD("c", "d", "24")
      CAIRN_REDUCE_WORD
      CAIRN_REDUCE_ONCE
      : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [top] "=&r"(top),
        [high] "=&r"(high)
      : [a] "r"(&a), [b] "r"(&b), [c] "r"(&c), [d] "r"(&d), [p] "r"(&kPrime),
        [inverse] "m"(kNegativeInverse)
      : "rax", "rdx", "cc", "memory");
  return {t0, t1, t2, t3};
}

// clang-format on
#undef CAIRN_MULTIPLY_WORD
#undef CAIRN_ADD_MULTIPLIED_WORD
#undef CAIRN_REDUCE_WORD
#undef CAIRN_REDUCE_ONCE

bool has_mulx() {
  return __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("adx") != 0;
}

}  // namespace

Words multiply_natively(const Words& a, const Words& b) {
  return has_mulx() ? multiply_by_mulx(a, b) : multiply_portably(a, b);
}

Words sum_products_natively(const Words& a, const Words& b, const Words& c, const Words& d) {
  return has_mulx() ? sum_products_by_mulx(a, b, c, d) : sum_products_portably(a, b, c, d);
}
#else
Words multiply_natively(const Words& a, const Words& b) { return multiply_portably(a, b); }

Words sum_products_natively(const Words& a, const Words& b, const Words& c, const Words& d) {
  return sum_products_portably(a, b, c, d);
}
#endif

}  // namespace cairn::crypto::bn254::detail
