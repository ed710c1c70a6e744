#include "api/stream.hpp"

#include <fmt/format.h>

namespace cairn::api {
namespace {

// HTTP/1.1 is what is spoken here (RFC 7301).
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, kHttp11, sizeof kHttp11 - 1, in, in_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> load_tls(const TlsFiles& files) {
  auto tls = std::make_shared<TlsContext>();
  auto& context = tls->context;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_protocol, nullptr);
  // Asked for where the key is encrypted. Without it OpenSSL would ask at the terminal.
  const auto encrypted = std::make_shared<bool>(false);
  context.set_password_callback([encrypted](std::size_t, asio::ssl::context::password_purpose) {
    *encrypted = true;
    return std::string{};
  });
  error_code error;
  context.use_certificate_chain_file(files.certificate, error);
  if (error) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("cannot read a certificate in PEM form from '{}': {}",
                            files.certificate, error.message()));
  }
  context.use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error && *encrypted) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{0}': this key is encrypted: name one without a password, as openssl "
                            "pkey -in {0} -out FILE writes it",
                            files.key));
  }
  if (error) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("cannot read that certificate's key in PEM form from '{}': {}",
                            files.key, error.message()));
  }
  return tls;
}

}  // namespace cairn::api
