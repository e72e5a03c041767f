package vn.toso.app

import android.app.Activity
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.security.keystore.UserNotAuthenticatedException
import android.util.Base64
import app.tauri.annotation.Command
import app.tauri.annotation.InvokeArg
import app.tauri.annotation.TauriPlugin
import app.tauri.plugin.Invoke
import app.tauri.plugin.JSObject
import app.tauri.plugin.Plugin
import java.io.File
import java.io.FileOutputStream
import java.security.InvalidKeyException
import java.security.KeyStore
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.json.JSONObject

@InvokeArg
class KeyArgs {
  lateinit var name: String
  var key: String? = null
}

/**
 * Keeps the phone's half of a profile's key: sealed by an AES key that the Keystore never gives out, in a folder that no
 * backup takes. A key that is gone is told as gone (`{"key": null}`); none is ever made while reading.
 */
@TauriPlugin
class KeysPlugin(private val activity: Activity) : Plugin(activity) {
  @Command
  fun put(invoke: Invoke) = answer(invoke) { args ->
    val key = Base64.decode(args.key ?: throw IllegalArgumentException(), Base64.NO_WRAP)
    require(key.size == KEY_BYTES)
    val cipher = Cipher.getInstance(CIPHER)
    cipher.init(Cipher.ENCRYPT_MODE, make(args.name))
    write(file(args.name), cipher.iv + cipher.doFinal(key))
    key.fill(0)
    JSObject()
  }

  @Command
  fun get(invoke: Invoke) = answer(invoke) { args ->
    val key = open(args.name)
    val told = JSObject()
    told.put("key", key?.let { Base64.encodeToString(it, Base64.NO_WRAP) } ?: JSONObject.NULL)
    key?.fill(0)
    told
  }

  /** Nothing of a key, and no text of the system's, leaves in an error: only one of our codes. */
  private fun answer(invoke: Invoke, work: (KeyArgs) -> JSObject) {
    try {
      val args = invoke.parseArgs(KeyArgs::class.java)
      require(NAME.matches(args.name))
      invoke.resolve(work(args))
    } catch (error: Exception) {
      val code = when (error) {
        is IllegalArgumentException -> "bad_input"
        // Today's lock screen, not a lost key.
        is UserNotAuthenticatedException -> "locked"
        else -> "failed"
      }
      invoke.reject(code, code, null as JSObject?)
    }
  }

  /** The key of a name, or null when the phone has none that opens it any more. */
  private fun open(name: String): ByteArray? {
    val file = file(name)
    if (!file.exists()) return null
    val sealed = file.readBytes()
    if (sealed.size != IV_BYTES + KEY_BYTES + TAG_BYTES) return null
    return try {
      val own = store().getKey(alias(name), null) as? SecretKey ?: return null
      val cipher = Cipher.getInstance(CIPHER)
      cipher.init(Cipher.DECRYPT_MODE, own, GCMParameterSpec(8 * TAG_BYTES, sealed, 0, IV_BYTES))
      cipher.doFinal(sealed, IV_BYTES, sealed.size - IV_BYTES)
    } catch (_: KeyPermanentlyInvalidatedException) {
      null
    } catch (_: UnrecoverableKeyException) {
      null
    } catch (_: AEADBadTagException) {
      null
    } catch (error: InvalidKeyException) {
      // Locked: the same key opens it once the screen is unlocked.
      if (error is UserNotAuthenticatedException) throw error
      throw IllegalStateException()
    }
  }

  private fun make(name: String): SecretKey {
    val maker = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER)
    return try {
      maker.init(spec(name, Build.VERSION.SDK_INT >= Build.VERSION_CODES.P))
      maker.generateKey()
    } catch (error: Exception) {
      if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P || error !is StrongBoxUnavailableException) throw error
      maker.init(spec(name, false))
      maker.generateKey()
    }
  }

  private fun spec(name: String, strongBox: Boolean): KeyGenParameterSpec {
    val uses = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
    val spec = KeyGenParameterSpec.Builder(alias(name), uses)
      .setKeySize(256)
      .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
      .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(strongBox)
    // Before Android 15 such keys could go with the lock screen, and a day's unsent work with them.
    if (Build.VERSION.SDK_INT >= 35) spec.setUnlockedDeviceRequired(true)
    return spec.build()
  }

  private fun store(): KeyStore = KeyStore.getInstance(PROVIDER).apply { load(null) }

  private fun alias(name: String) = "$name.seal"

  private fun file(name: String) = File(File(activity.noBackupFilesDir, "keys").apply { mkdirs() }, name)

  /** All of it on the disk, or the file as it was. */
  private fun write(file: File, bytes: ByteArray) {
    val next = File(file.parentFile, "${file.name}.next")
    FileOutputStream(next).use {
      it.write(bytes)
      it.fd.sync()
    }
    if (!next.renameTo(file)) throw IllegalStateException()
  }

  private companion object {
    const val PROVIDER = "AndroidKeyStore"
    const val CIPHER = "AES/GCM/NoPadding"
    const val KEY_BYTES = 32
    const val IV_BYTES = 12
    const val TAG_BYTES = 16
    val NAME = Regex("toso-[0-9a-f]{16}")
  }
}
